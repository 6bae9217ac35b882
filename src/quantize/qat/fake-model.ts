import { type Graph, type Model, Node, Tensor, Value } from '../../ir/index.ts';
import { annotateTypes } from '../../ops/index.ts';
import { emit } from '../emit.ts';
import type { Encodings } from '../encodings.ts';
import { type PlanOptions, planQuantization, type QuantizationPlan } from '../plan.ts';
import { activationRanges, type IntegerRange } from '../scale.ts';

/** A float model whose weights and activations go through integers, ready to be trained. */
export interface FakeModel {
  readonly model: Model;
  /** By name of the value whose scale it is: the constant that holds the scale. */
  readonly activations: ReadonlyMap<string, string>;
  /** By name of the node's first output. */
  readonly weights: ReadonlyMap<string, FakeWeight>;
}

/** Names of the constants of a weighted node. */
export interface FakeWeight {
  /** What goes into QuantizeLinear. */
  readonly weight: string;
  readonly scale: string;
  /** Absent if the node has no bias. */
  readonly bias?: string;
  /** Of the float model. */
  readonly floatBias?: string;
  /** The scale of the node's input. */
  readonly inputScale: string;
}

/**
 * The prepared float model with QuantizeLinear and DequantizeLinear where `emit` has them for these encodings. Fewer
 * integers than a dtype holds are a Clip of the integers, and a bias is rounded as int32 is: weights, bias and scales
 * alone decide what the model computes, which is what the integer model will.
 */
export function fakeModel(float: Model, encodings: Encodings, plan: PlanOptions = {}): FakeModel {
  const { model, activations } = emit(float, withWholeIntegers(encodings), { plan, weights: 'fake' });
  const { graph } = float.clone();
  annotateTypes(graph);
  const planned = planQuantization(graph, plan);
  const values = new Map([...model.graph.values()].map((value) => [value.name, value]));
  const scales = new Map<string, string>();
  for (const [value, root] of planned.activations) {
    const real = values.get(activations.get(value.name) ?? '');
    if (!real) continue;
    const { integers, dtype } = encodings.activations.get(root.name)!;
    const pair = pairOf(real);
    scales.set(root.name, pair.scale.name);
    limit(model.graph, pair, { integers, whole: activationRanges[dtype] });
  }
  return { model, activations: scales, weights: limitWeights(model, values, { encodings, planned }) };
}

/** Encodings for which `emit` limits nothing. */
function withWholeIntegers({ activations, weights }: Encodings): Encodings {
  const whole = activationRanges.int8;
  return {
    activations: new Map(
      [...activations].map(([name, one]) => [name, { ...one, integers: activationRanges[one.dtype] }]),
    ),
    weights: new Map([...weights].map(([name, one]) => [name, { ...one, integers: whole }])),
  };
}

interface Pair {
  readonly quantize: Node;
  readonly dequantize: Node;
  readonly scale: Value;
}

/** QuantizeLinear and DequantizeLinear that make a value. */
function pairOf(real: Value): Pair {
  const dequantize = real.producer!;
  return { dequantize, quantize: dequantize.input(0).producer!, scale: dequantize.input(1) };
}

function limitWeights(
  { graph }: Model,
  values: ReadonlyMap<string, Value>,
  { encodings, planned }: { encodings: Encodings; planned: QuantizationPlan },
): Map<string, FakeWeight> {
  const weights = new Map<string, FakeWeight>();
  for (const [node, rule] of planned.nodes) {
    if (rule.kind !== 'weighted') continue;
    const { name } = node.output();
    const { integers, bias } = encodings.weights.get(name)!;
    const twin = twinOf(values.get(name)!);
    const pair = pairOf(twin.input(rule.weight));
    limit(graph, pair, { integers, whole: activationRanges.int8 });
    const scale = twin.input(0).producer!.input(1);
    const names = { weight: pair.quantize.input(0).name, scale: pair.scale.name, inputScale: scale.name };
    const shift = bias && twin.input(rule.bias!);
    const floatBias = shift && node.inputs[rule.bias!]?.name;
    if (shift)
      twin.setInput(rule.bias!, rounded(graph, shift, { before: twin, scales: [scale, pair.scale] }));
    weights.set(name, { ...names, ...(shift && { bias: shift.name }), ...(floatBias && { floatBias }) });
  }
  return weights;
}

/** A bias in whole steps of input scale times weight scale, as int32 has it: Div, Round, Mul. */
function rounded(
  graph: Graph,
  bias: Value,
  { before, scales }: { before: Node; scales: readonly Value[] },
): Value {
  const write = (opType: string, part: string, inputs: readonly Value[]): Value => {
    const name = `${bias.name}_${part}`;
    const output = new Value(name, { dtype: 'float32', shape: bias.shape });
    graph.insert(new Node({ opType, name, inputs, outputs: [output] }), before);
    return output;
  };
  const step = write('Mul', 'step', scales);
  step.type = undefined;
  const steps = write('Round', 'steps', [write('Div', 'ratio', [bias, step])]);
  return write('Mul', 'rounded', [steps, step]);
}

/** The node that made a value before that was quantized: a graph output keeps its name, which the node's own loses. */
function twinOf(value: Value): Node {
  const node = value.producer!;
  return node.opType === 'DequantizeLinear' ? pairBefore(node).input(0).producer! : node;
}

/** The QuantizeLinear before a DequantizeLinear, with the integers limited or not. */
function pairBefore(dequantize: Node): Node {
  const node = dequantize.input(0).producer!;
  return node.opType === 'Clip' ? node.input(0).producer! : node;
}

/** Puts a Clip of the integers between the two nodes if not all integers are in use. */
function limit(
  graph: Graph,
  { quantize, dequantize }: Pair,
  { integers, whole }: { integers: IntegerRange; whole: IntegerRange },
): void {
  if (integers.min === whole.min && integers.max === whole.max) return;
  const quantized = quantize.output();
  const dtype = dequantize.input(2).dtype!;
  const bound = (side: 'min' | 'max'): Value =>
    graph.addInitializer(
      new Value(`${quantized.name}_${side}`, undefined, Tensor.scalar(dtype, integers[side])),
    );
  const output = new Value(`${quantized.name}_limited`, { dtype, shape: quantized.shape });
  const clip = new Node({
    ...{ opType: 'Clip', name: `${quantized.name}_limit` },
    ...{ inputs: [quantized, bound('min'), bound('max')], outputs: [output] },
  });
  dequantize.setInput(0, output);
  graph.insert(clip, dequantize);
}
