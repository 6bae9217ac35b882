import { type Graph, type Node, product, Tensor, type Value } from '../ir/index.ts';
import { constantOf, type QuantizeRule } from '../ops/index.ts';
import type { Range } from './observer.ts';
import { givenByInt8, type QuantizationPlan, quantizedUses } from './plan.ts';
import { type AffineValues, QdqWriter } from './qdq-writer.ts';
import { type ActivationType, type Affine, activationRanges, affineOf, quantize } from './scale.ts';
import {
  type QuantizedConstant,
  quantizeBias,
  quantizeWeight,
  scalesForBias,
  weightRange,
  weightScales,
} from './weights.ts';

export interface QdqOptions {
  readonly activations: ActivationType;
  readonly perChannel: boolean;
  readonly reduceRange: boolean;
}

/** What stands for what in the rewritten graph. */
export interface QdqResult {
  /** Of each quantized activation: the value that now carries it, its scale, the range it was made for. */
  readonly activations: ReadonlyMap<string, Affine & { readonly value: string; readonly range: Range }>;
  readonly weights: readonly {
    readonly name: string;
    readonly float: Tensor;
    readonly quantized: QuantizedConstant;
  }[];
}

/**
 * Rewrites `graph` IN PLACE as `plan` says: QuantizeLinear and DequantizeLinear around quantized nodes, constants as
 * integers. The float constants stay, unused. Graph inputs and outputs keep names and types. `ranges` are by name of the activation.
 */
export function insertQdq(
  graph: Graph,
  plan: QuantizationPlan,
  { ranges, ...options }: QdqOptions & { readonly ranges: ReadonlyMap<string, Range> },
): QdqResult {
  const rewrite: Rewrite = { graph, plan, ranges, options, writer: new QdqWriter(graph), affines: new Map() };
  const weights = [...plan.nodes].flatMap(([node, rule]) =>
    rule.kind === 'weighted' ? quantizeWeights(rewrite, node, rule) : [],
  );
  const activations = new Map<string, Affine & { value: string; range: Range }>();
  for (const value of plan.activations.keys()) {
    const { name } = value;
    const { affine, range } = affineFor(rewrite, value);
    activations.set(name, { ...affine, range, value: quantizeActivation(rewrite, value).name });
  }
  rewrite.writer.finish();
  return { activations, weights };
}

interface ActivationScale {
  readonly affine: Affine;
  readonly range: Range;
  readonly values: AffineValues;
}

interface Rewrite {
  readonly graph: Graph;
  readonly plan: QuantizationPlan;
  readonly ranges: ReadonlyMap<string, Range>;
  readonly options: QdqOptions;
  readonly writer: QdqWriter;
  /** By the value whose scale it is. */
  readonly affines: Map<Value, ActivationScale>;
}

function affineFor(rewrite: Rewrite, value: Value): ActivationScale {
  const root = rewrite.plan.activations.get(value)!;
  const known = rewrite.affines.get(root);
  if (known) return known;
  const { activations } = rewrite.options;
  const range = rewrite.ranges.get(root.name)!;
  const affine = affineOf(range, activationRanges[activations]);
  const made = { affine, range, values: rewrite.writer.affine(root.name, affine, activations) };
  rewrite.affines.set(root, made);
  return made;
}

/** Replaces the uses of an activation by its int8 round trip and returns that. */
function quantizeActivation(rewrite: Rewrite, value: Value): Value {
  const { graph, plan, writer } = rewrite;
  const { affine, values } = affineFor(rewrite, value);
  const constant = constantOf(value);
  const uses = quantizedUses(value, plan);
  const real = constant
    ? writer.dequantize(value.name, quantizeTensor(constant, affine, rewrite.options.activations), values)
    : writer.roundTrip(value, values);
  for (const { node, index } of uses) node.setInput(index, real);
  if (givenByInt8(value, plan) && graph.outputs.includes(value)) {
    real.name = value.name;
    value.name = writer.uniqueName(`${value.name}_float`);
    graph.outputs.splice(graph.outputs.indexOf(value), 1, real);
  }
  return real;
}

function quantizeTensor(tensor: Tensor, affine: Affine, dtype: ActivationType): Tensor {
  const integers = activationRanges[dtype];
  const data = Array.from(tensor.data as Float32Array, (x) => quantize(x, affine, integers));
  return Tensor.of(dtype, data, tensor.shape);
}

type Weighted = Extract<QuantizeRule, { kind: 'weighted' }>;

/** Makes weight and bias of a node integers. Runs before activations move, while its input still has its own name. */
function quantizeWeights(rewrite: Rewrite, node: Node, rule: Weighted): QdqResult['weights'][number][] {
  const { options, writer } = rewrite;
  const source = node.input(rule.weight);
  const float = constantOf(source)!;
  const integers = weightRange(options.reduceRange);
  const perChannel = options.perChannel && (rule.perChannel?.(node) ?? true);
  const axis = perChannel ? rule.axis(node) : undefined;
  const input = affineFor(rewrite, node.input(0)).affine.scale;
  const bias = biasOf(node, rule, float);
  const unraised = weightScales(float, axis, integers);
  const scales = bias ? scalesForBias(unraised, bias, input) : unraised;
  const quantized = quantizeWeight(float, scales, { axis, integers });
  node.setInput(rule.weight, writer.constant(source.name, quantized));
  if (bias) {
    const { name } = node.input(rule.bias!);
    node.setInput(rule.bias!, writer.constant(name, quantizeBias(bias, scales, input)));
  }
  return [{ name: source.name, float, quantized }];
}

/** The bias as one number a channel, however it was written. */
function biasOf(node: Node, rule: Weighted, weight: Tensor): Float32Array | undefined {
  const tensor = rule.bias === undefined ? undefined : constantOf(node.inputs[rule.bias]);
  if (!tensor) return undefined;
  const data = tensor.data as Float32Array;
  return product(tensor.shape) === 1 ? new Float32Array(weight.shape[rule.axis(node)]!).fill(data[0]!) : data;
}
