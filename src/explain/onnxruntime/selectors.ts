import type { Node } from '../../ir/index.ts';
import { type Reason, reason } from '../reason.ts';
import { convBiasReason } from './conv-bias.ts';
import { fixedConstant, numberIn } from './edges.ts';
import {
  clipReason,
  groupOf,
  inputTypes,
  type NodeGroup,
  outputTypes,
  pairsReason,
  type Stage,
} from './group.ts';
import { matMulNBitsReason } from './mat-mul-n-bits.ts';
import { pairMismatch } from './pair-match.ts';

/** What decides beside the graph: the processor, and the model's operator set. */
export interface Platform {
  readonly opset: number;
  /** Whether int8 activations are multiplied as they are, as on ARM, instead of being made uint8 first. */
  readonly int8Activations: boolean;
}

/** Why one operator's pairs do not become an int8 kernel; undefined if they do. */
type Selector = (group: NodeGroup, platform: Platform) => Reason | undefined;

/** Operators with their selectors. Source: qdq_selector_action_transformer.cc and qdq_selectors.cc of onnxruntime 1.27. */
const selectors: Readonly<Record<string, Selector>> = {
  ...each(['AveragePool', 'LeakyRelu', 'GlobalAveragePool', 'Sigmoid', 'Softmax'], sameTypes(1)),
  ...each(['Add', 'Mul', 'Concat'], sameTypes()),
  ...each(['Where'], sameTypes(2)),
  ...each(['Expand', 'Flatten', 'Gather', 'GatherElements', 'Reshape', 'Slice'], moved({ wide: true })),
  ...each(['Squeeze', 'Tile', 'Transpose', 'Unsqueeze'], moved({ wide: true })),
  Resize: resize,
  ...each(['ReduceMax', 'ReduceMin'], moved({ positive: true })),
  MaxPool: maxPool,
  DepthToSpace: moved({}),
  Split: split,
  ArgMax: argMax,
  Conv: conv,
  MatMul: matMul,
  Gemm: gemm,
};

function each(names: readonly string[], selector: Selector): Record<string, Selector> {
  return Object.fromEntries(names.map((name) => [name, selector]));
}

/** Why onnxruntime computes a node with pairs around it in float; undefined if in int8. */
export function selectionReason(node: Node, stage: Stage, platform: Platform): Reason | undefined {
  const selector = node.domain === '' ? selectors[node.opType] : undefined;
  if (!selector)
    return reason(
      `onnxruntime has no int8 kernel for ${node.domain ? `${node.domain}.` : ''}${node.opType} that pairs become`,
      'replace it, or leave it float if it takes little of the time',
    );
  const group = groupOf(node, stage);
  return clipReason(group) ?? selector(group, platform);
}

const wideTypes: ReadonlySet<unknown> = new Set(['int16', 'uint16', 'int4', 'uint4', 'int2', 'uint2']);

const unsupported = (type: unknown): Reason =>
  reason(`the kernel does not take ${String(type)}`, 'quantize to int8 or uint8');

const differ = (what: string): Reason =>
  reason(
    what,
    'quantize all activations to uint8: onnxruntime on x86 makes int8 into uint8, but not values with several readers',
  );

/** All inputs and outputs in one 8-bit type. */
function sameTypes(inputs?: number): Selector {
  return (group) => {
    const pairs = pairsReason(group, inputs === undefined ? {} : { inputs });
    if (pairs) return pairs;
    const types = new Set([...inputTypes(group), ...outputTypes(group)]);
    if (types.size > 1) return differ(`its inputs and output have types ${[...types].join(' and ')}`);
    const [type] = types;
    return wideTypes.has(type) ? unsupported(type) : undefined;
  };
}

/** Values move unchanged, so that their bytes can. `wide`: 16 bits as well. */
function moved({ wide = false, positive = false }): Selector {
  return (group) => {
    const pairs = pairsReason(group, { inputs: 1 });
    if (pairs) return pairs;
    const { graph, dqs, qs } = group;
    const [input] = inputTypes(group);
    const [output] = outputTypes(group);
    if (input !== output) return differ(`its input is ${input} and its output ${output}`);
    if (wideTypes.has(input) && !(wide && /16/.test(String(input)))) return unsupported(input);
    const scale = fixedConstant(qs[0]!.inputs[1], graph);
    if (positive && scale && !(numberIn(scale) > 0))
      return reason(
        'its scale is not positive, which turns the order of numbers around',
        'use a positive scale',
      );
    return pairMismatch(qs[0]!, dqs[0]!, graph);
  };
}

/** Its int8 kernel is of operator set 12: that of 22 is another operator to onnxruntime. */
function maxPool(group: NodeGroup, platform: Platform): Reason | undefined {
  const { opset } = platform;
  return opset >= 12 && opset < 22
    ? moved({ positive: true })(group, platform)
    : reason(
        `onnxruntime 1.27 has an int8 kernel of MaxPool for operator sets 12 to 21, the model has ${opset}`,
        'write the model with operator set 21',
      );
}

/** Only the nearest number is one of the input's. */
function resize(group: NodeGroup, platform: Platform): Reason | undefined {
  const mode = group.node.string('mode', 'nearest');
  return mode === 'nearest'
    ? moved({})(group, platform)
    : reason(
        `its mode is ${mode}: only nearest moves numbers unchanged`,
        'use mode nearest if that is close enough',
      );
}

function split(group: NodeGroup): Reason | undefined {
  const pairs = pairsReason(group, { inputs: 1 });
  if (pairs) return pairs;
  const { graph, dqs, qs } = group;
  const [input] = inputTypes(group);
  const other = outputTypes(group).find((type) => type !== input);
  if (other) return differ(`its input is ${input} and an output ${other}`);
  for (const q of qs) {
    const mismatch = pairMismatch(q, dqs[0]!, graph);
    if (mismatch) return mismatch;
  }
  return undefined;
}

function argMax(group: NodeGroup): Reason | undefined {
  const { graph, dqs } = group;
  const pairs = pairsReason({ ...group, qs: [] }, { inputs: 1, withoutQ: true });
  if (pairs) return pairs;
  const [type] = inputTypes(group);
  if (wideTypes.has(type)) return unsupported(type);
  const [scale, zero] = [dqs[0]!.inputs[1], dqs[0]!.inputs[2]].map((value) => fixedConstant(value, graph));
  return scale && zero
    ? undefined
    : reason('scale or zero point of its input is not a constant', 'make them initializers');
}

/** Products of uint8 activations and 8-bit weights, or of int8 ones where the processor takes them. */
function factors(group: NodeGroup, int8: boolean): Reason | undefined {
  const [input, weight] = inputTypes(group);
  const wide = [input, weight].find((type) => wideTypes.has(type));
  if (wide) return unsupported(wide);
  if (input !== 'int8') return undefined;
  if (!int8)
    return reason(
      'its input is int8, which x86 kernels do not take, and could not be made uint8 since it is read more than once or its scale is not a constant',
      'quantize activations to uint8',
    );
  return weight === input
    ? undefined
    : reason(`its input is int8 and its weight ${weight}`, 'quantize weights to int8');
}

function output(group: NodeGroup): Reason | undefined {
  const [input] = inputTypes(group);
  const [given] = outputTypes(group);
  return given === undefined || given === input
    ? undefined
    : differ(`its input is ${input} and its output ${given}`);
}

function biasReason(group: NodeGroup): Reason | undefined {
  const type = inputTypes(group)[2];
  return type === undefined || type === 'int32'
    ? undefined
    : reason(`its bias is ${type}`, 'quantize the bias to int32 with scale input scale * weight scale');
}

function conv(group: NodeGroup, { int8Activations }: Platform): Reason | undefined {
  return (
    pairsReason(group) ??
    output(group) ??
    factors(group, int8Activations) ??
    biasReason(group) ??
    convBiasReason(group)
  );
}

/** Without QuantizeLinear it becomes MatMulIntegerToFloat: int8 in, float out. */
function matMul(group: NodeGroup, { int8Activations }: Platform): Reason | undefined {
  const { dqs, qs } = group;
  if (!matMulNBitsReason(group)) return undefined;
  if (dqs.length !== 2) return pairsReason(group, { withoutQ: true });
  const types = factors(group, int8Activations);
  if (types) return types;
  return qs.length > 0 ? (pairsReason(group) ?? output(group)) : undefined;
}

function gemm(group: NodeGroup): Reason | undefined {
  if (!matMulNBitsReason(group)) return undefined;
  const pairs = pairsReason(group, { withoutQ: true });
  if (pairs) return pairs;
  const types = factors(group, true) ?? output(group);
  if (types) return types;
  if (group.dqs.length < 3) return undefined;
  if (group.node.float('beta', 1) !== 1)
    return reason(
      `its beta is ${group.node.float('beta', 1)}`,
      'multiply the bias by beta before quantizing',
    );
  return biasReason(group);
}
