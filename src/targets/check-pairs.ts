import type { Model, Node } from '../ir/index.ts';
import { opOf } from '../ops/index.ts';
import {
  type Encoding,
  encodingOf,
  firstNumber,
  isDequantize,
  isQuantize,
  readPair,
  sameEncoding,
  writtenPair,
} from './pair.ts';
import type { Target } from './target.ts';
import type { Violation } from './violation.ts';

/** Types, zero points and scales of the activations of a quantized model. */
export const checkPairs = ({ graph }: Model, target: Target): Violation[] =>
  graph.nodes.flatMap((node) => [
    ...(isQuantize(node) ? encodingViolations(node, target) : []),
    ...fixedOutput(node, target),
    ...sharedScales(node, target),
    ...residual(node, target),
  ]);

function encodingViolations(node: Node, { name, activations: { dtype, symmetric } }: Target): Violation[] {
  const where = node.input(0).name;
  const encoding = encodingOf(node);
  if (!encoding)
    return [
      {
        severity: 'slow',
        where,
        what: 'its scale and zero point must be constants, are computed',
        remedy: 'quantize statically, with calibration data',
      },
    ];
  const zero = firstNumber(encoding.zeroPoint);
  const remedy = `quantize for ${name}`;
  if (encoding.dtype !== dtype)
    return [{ severity: 'slow', where, what: `it must be ${dtype}, is ${encoding.dtype}`, remedy }];
  const wrong = symmetric && zero !== 0;
  return wrong ? [{ severity: 'refused', where, what: `its zero point must be 0, is ${zero}`, remedy }] : [];
}

function fixedOutput(node: Node, target: Target): Violation[] {
  const fixed = target.operators[node.opType]?.output;
  const encoding = fixed && outputEncoding(node);
  if (!fixed || !encoding) return [];
  const [scale, zero] = [firstNumber(encoding.scale), firstNumber(encoding.zeroPoint)];
  if (Math.fround(fixed.scale) === scale && fixed.zeroPoint === zero) return [];
  return [
    {
      severity: 'refused',
      where: node.label,
      what: `its output must have scale ${fixed.scale} and zero point ${fixed.zeroPoint}, has ${scale} and ${zero}`,
      remedy: `quantize for ${target.name}`,
    },
  ];
}

/** An operator that moves numbers, or that this target's kernel computes without rescaling. */
function sharedScales(node: Node, target: Target): Violation[] {
  const rule = target.operators[node.opType];
  const own = opOf(node)?.quantize?.kind;
  if (!rule || (rule.scales ?? (own === 'same-scale' ? 'shared' : 'own')) !== 'shared') return [];
  const output = outputEncoding(node);
  if (!output) return [];
  const other = node.inputs
    .map(readPair)
    .find((pair) => pair && encodingOf(pair) && !sameEncoding(encodingOf(pair)!, output));
  return other
    ? [
        {
          severity: 'slow',
          where: node.label,
          what: `its inputs and output must have one scale and zero point, '${other.output().name}' has others than its output`,
          remedy: `quantize for ${target.name}`,
        },
      ]
    : [];
}

/** A sum that could join the convolution before it, but for a pair between them. */
function residual(node: Node, target: Target): Violation[] {
  if (target.residual !== 'external' || node.opType !== 'Add') return [];
  const pairs = node.inputs.map(readPair);
  const quantized = (pair: Node | undefined) =>
    pair?.input(0).producer?.inputs[0]?.producer?.opType === 'Conv';
  if (!pairs.every((pair) => pair) || !pairs.some(quantized)) return [];
  return [
    {
      severity: 'slow',
      where: node.label,
      what: 'the edge from the convolution must stay float, is quantized: the sum cannot join it',
      remedy: `quantize for ${target.name}, which quantizes the other input only`,
    },
  ];
}

function outputEncoding(node: Node): Encoding | undefined {
  if (isQuantize(node) || isDequantize(node)) return undefined;
  const pair = node.outputs.map(writtenPair).find((q) => q);
  return pair && encodingOf(pair);
}
