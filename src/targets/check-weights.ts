import type { Model, Node, Tensor } from '../ir/index.ts';
import { constantOf, opOf, type QuantizeRule } from '../ops/index.ts';
import { type Encoding, encodingOf, firstNumber, isDequantize, readPair } from './pair.ts';
import type { Target } from './target.ts';
import type { Violation } from './violation.ts';

type Weighted = Extract<QuantizeRule, { kind: 'weighted' }>;

/** Integers and scales of the constants of int8 nodes. */
export const checkWeights = ({ graph }: Model, target: Target): Violation[] =>
  graph.nodes.flatMap((node) => {
    const rule = opOf(node)?.quantize;
    const int8 = target.operators[node.opType];
    if (rule?.kind !== 'weighted' || !int8) return [];
    const weight = node.inputs[rule.weight]?.producer;
    if (!weight || !isDequantize(weight)) return [];
    const site: Site = { node, rule, target, weight };
    return [...weightViolations(site), ...biasViolations(site)].map((violation) => ({
      where: node.label,
      remedy: `quantize for ${target.name}`,
      ...violation,
    }));
  });

interface Site {
  readonly node: Node;
  readonly rule: Weighted;
  readonly target: Target;
  /** The DequantizeLinear of the weight. */
  readonly weight: Node;
}

type Finding = Pick<Violation, 'severity' | 'what'> & Partial<Violation>;

function weightViolations({ node, target: { weights, operators, name }, weight }: Site): Finding[] {
  const encoding = encodingOf(weight);
  const integers = constantOf(weight.inputs[0]);
  if (!encoding || !integers)
    return [{ severity: 'slow', what: 'its weight must be constant integers, is computed' }];
  if (integers.dtype !== weights.dtype)
    return [{ severity: 'slow', what: `its weight must be ${weights.dtype}, is ${integers.dtype}` }];
  const found: Finding[] = [];
  if (encoding.zeroPoint?.toNumbers().some((zero) => zero !== 0))
    found.push({ severity: 'refused', what: 'the zero points of its weight must be 0, are not' });
  const oneScale = !weights.perChannel || operators[node.opType]!.perChannel === false;
  if (oneScale && encoding.scale.size > 1)
    found.push({
      severity: 'refused',
      what: `its weight must have one scale, has ${encoding.scale.size}`,
      remedy: `quantize for ${name}, or with one scale a tensor`,
    });
  return [...found, ...outOfRange(integers, weights)];
}

function outOfRange(integers: Tensor, { min, max }: Target['weights']): Finding[] {
  const numbers = integers.toNumbers();
  const [low, high] = [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
  if (low >= min && high <= max) return [];
  const reduced = max < 127;
  return [
    {
      severity: 'inaccurate',
      what: `its weight must lie in [${min}, ${max}], lies in [${low}, ${high}]${reduced ? ': sums of products may saturate' : ''}`,
      ...(reduced && { remedy: 'quantize with --reduce-range where the outputs really saturate' }),
    },
  ];
}

function biasViolations({ node, rule, target, weight }: Site): Finding[] {
  const bias = rule.bias === undefined ? undefined : node.inputs[rule.bias];
  if (!bias) return [];
  const pair = bias.producer;
  if (!pair || !isDequantize(pair))
    return target.bias === 'int32' ? [{ severity: 'slow', what: 'its bias must be int32, is float32' }] : [];
  if (target.bias === 'float32')
    return [{ severity: 'slow', what: 'its bias must be float32, is quantized' }];
  const dtype = pair.input(0).dtype;
  if (dtype !== 'int32') return [{ severity: 'slow', what: `its bias must be int32, is ${dtype}` }];
  const input = readPair(node.inputs[0]);
  const [x, w, b] = [input && encodingOf(input), encodingOf(weight), encodingOf(pair)];
  return x && w && b && !isProduct(b, x, w)
    ? [{ severity: 'inaccurate', what: "its bias must have scale 'input scale * weight scale', has another" }]
    : [];
}

function isProduct(bias: Encoding, input: Encoding, weight: Encoding): boolean {
  const x = firstNumber(input.scale);
  const scales = weight.scale.toNumbers();
  return bias.scale
    .toNumbers()
    .every((b, i) => Math.abs(b - x * scales[scales.length === 1 ? 0 : i]!) <= 1e-5 * Math.abs(b));
}
