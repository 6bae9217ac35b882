import { copiedAttributes, type Tape } from '../../../autodiff/index.ts';
import { type GraphBuilder, type Node, product, Tensor, type Value } from '../../../ir/index.ts';
import { constantOf, opOf } from '../../../ops/index.ts';
import { reshape } from '../../../ops/sum-to.ts';
import type { ActivationEncoding, Encodings } from '../../encodings.ts';
import { isActivation, type QuantizationPlan } from '../../plan.ts';
import { dequantize, quantize } from '../../scale.ts';
import {
  hardened,
  type SoftRounding,
  type SoftWeights,
  softWeights,
  towards,
  writeSoftRounding,
} from '../ada-round/soft-rounding.ts';
import type { Block } from './blocks.ts';
import { writeDrop, writeFakeQuantize } from './fake-quantize.ts';

/** A block with its numbers: what is optimized, where it lies in flat vectors. */
export interface BlockProblem {
  readonly block: Block;
  readonly plan: QuantizationPlan;
  readonly encodings: Encodings;
  /** Weighted nodes in order, their integers below and V; V of all nodes follow each other in one vector. */
  readonly weights: readonly { readonly node: Node; readonly soft: SoftWeights }[];
  /** Names of the activation scales that are learned, in the order of their vector. */
  readonly learned: readonly string[];
}

/** `fixed`: names of scales that earlier blocks have settled. */
export function blockProblem(
  block: Block,
  { plan, encodings }: { plan: QuantizationPlan; encodings: Encodings },
  fixed: ReadonlySet<string>,
): BlockProblem {
  const weights = block.weighted.map((node) => ({ node, soft: softWeightsOf(node, plan, encodings) }));
  const roots = [block.input, ...block.nodes.flatMap((node) => node.outputs)]
    .filter((value) => value !== block.output && plan.activations.has(value))
    .map((value) => plan.activations.get(value)!.name);
  const learned = [...new Set(roots)].filter((name) => !fixed.has(name));
  return { block, plan, encodings, weights, learned };
}

/** V from the float weights; where an earlier repair rounded otherwise than to nearest, half way to what it chose. */
function softWeightsOf(node: Node, plan: QuantizationPlan, { weights }: Encodings): SoftWeights {
  const { weight, integers } = weights.get(node.output().name)!;
  const real = constantOf(node.input(weightIndex(node, plan)))!.data as Float32Array;
  const soft = softWeights(real, scaleAt(weight), integers);
  const chosen = weight.tensor.data as Int8Array;
  const nearest = hardened(soft, soft.variables);
  // Ties may go either way.
  const others = nearest.filter((q, i) => q !== chosen[i]).length;
  return others < nearest.length / 1000 ? soft : towards(soft, chosen);
}

const weightIndex = (node: Node, plan: QuantizationPlan): number => {
  const rule = plan.nodes.get(node)!;
  return rule.kind === 'weighted' ? rule.weight : 1;
};

interface Scaled {
  readonly tensor: Tensor;
  readonly scales: Float32Array;
  readonly axis: number | undefined;
}

function scaleAt({ tensor, scales, axis }: Scaled): (index: number) => number {
  if (axis === undefined) return () => scales[0]!;
  const inner = product(tensor.shape.slice(axis + 1));
  return (i) => scales[Math.floor(i / inner) % scales.length]!;
}

export interface BlockInputs {
  /** Of the quantized model, before it is rounded itself: static shape. */
  readonly x: Value;
  /** V of all weights, [P]. */
  readonly variables: Value;
  /** Relative changes of the learned scales, [S]; undefined if there are none. */
  readonly changes: Value | undefined;
  /** With QDrop: the float model's input, the share of numbers that are not rounded, and random numbers like a value. */
  readonly drop?: { readonly exact: Value; readonly share: number; noise(like: Value): Value };
}

export interface BlockForward {
  readonly output: Value;
  /** Of each weighted node, [elements]. */
  readonly roundings: readonly SoftRounding[];
  /** The learned changes one by one, [1]. */
  readonly changes: readonly Value[];
}

/** Writes a block with soft-rounded weights and rounded activations. Throws ModelError where shapes do not fit. */
export function writeBlock(
  g: GraphBuilder,
  tape: Tape,
  problem: BlockProblem,
  inputs: BlockInputs,
): BlockForward {
  const { block, weights, learned } = problem;
  const sizes = weights.map(({ soft }) => soft.floor.length);
  const parts = split(g, inputs.variables, sizes);
  const changes = inputs.changes
    ? split(
        g,
        inputs.changes,
        learned.map(() => 1),
      )
    : [];
  const roundings = parts.map((part) => writeSoftRounding(g, part));
  const writer = new BlockWriter({ g, tape, problem, inputs, changes });
  for (const node of block.nodes) {
    const at = weights.findIndex((weight) => weight.node === node);
    writer.write(node, at < 0 ? undefined : { soft: weights[at]!.soft, h: roundings[at]!.h });
  }
  return { output: writer.raw(block.output), roundings, changes };
}

const split = (g: GraphBuilder, flat: Value, sizes: readonly number[]): readonly Value[] =>
  sizes.length === 1 ? [flat] : g.node('Split', [flat, g.int64s(sizes)], { axis: 0 }, sizes.length);

interface WriterSetup {
  readonly g: GraphBuilder;
  readonly tape: Tape;
  readonly problem: BlockProblem;
  readonly inputs: BlockInputs;
  readonly changes: readonly Value[];
}

class BlockWriter {
  readonly #setup: WriterSetup;
  /** As nodes give them. */
  readonly #raw: Map<Value, Value>;
  readonly #rounded = new Map<Value, Value>();
  readonly #scales = new Map<string, Value>();

  constructor(setup: WriterSetup) {
    this.#setup = setup;
    this.#raw = new Map([[setup.problem.block.input, setup.inputs.x]]);
  }

  write(node: Node, weight?: { soft: SoftWeights; h: Value }): void {
    const { g } = this.#setup;
    const inputs = node.inputs.map((value, index) => value && this.#read(node, index, value));
    if (weight) this.#bindWeights(node, inputs, weight);
    const isInference = node.opType === 'BatchNormalization' || node.opType === 'Dropout';
    const training = isInference ? undefined : opOf(node)?.training;
    const standsFor = (value: Value) => this.raw(value);
    const outputs = training
      ? training({ node, g, inputs }).outputs
      : g.node(
          node.opType,
          inputs,
          copiedAttributes(node, { g, inputs, standsFor }),
          node.outputs.length,
          node.domain,
        );
    for (const [i, output] of outputs.entries()) if (node.outputs[i]) this.#raw.set(node.outputs[i], output);
  }

  raw(value: Value): Value {
    const known = this.#raw.get(value);
    if (known) return known;
    const { g } = this.#setup;
    const tensor = constantOf(value)!;
    const copy = g.initializer(g.uniqueName(value.name), tensor);
    this.#raw.set(value, copy);
    return copy;
  }

  /** What a node reads: the rounded value where quantization puts one, as `emit` does. */
  #read(node: Node, index: number, value: Value): Value {
    const { plan } = this.#setup.problem;
    const fromInt8 = value.producer !== undefined && plan.nodes.has(value.producer);
    const rounds = plan.activations.has(value) && (fromInt8 || isActivation(node, index, plan));
    return rounds ? this.#round(value) : this.raw(value);
  }

  #round(value: Value): Value {
    const known = this.#rounded.get(value);
    if (known) return known;
    const { g, tape, problem } = this.#setup;
    const { name } = problem.plan.activations.get(value)!;
    const encoding = problem.encodings.activations.get(name)!;
    const constant = constantOf(value);
    const rounded = constant
      ? g.initializer(g.uniqueName(value.name), roundTrip(constant, encoding))
      : this.#drop(
          value,
          writeFakeQuantize(g, tape, { x: this.raw(value), scale: this.#scale(name), encoding }),
        );
    this.#rounded.set(value, rounded);
    return rounded;
  }

  #drop(value: Value, rounded: Value): Value {
    const { g, problem, inputs } = this.#setup;
    const { drop } = inputs;
    if (!drop) return rounded;
    const exact = value === problem.block.input ? drop.exact : this.raw(value);
    return writeDrop(g, { exact, rounded, share: drop.share, noise: drop.noise(rounded) });
  }

  #scale(name: string): Value {
    const known = this.#scales.get(name);
    if (known) return known;
    const { g, problem, changes } = this.#setup;
    const start = g.scalar(problem.encodings.activations.get(name)!.scale);
    const at = problem.learned.indexOf(name);
    const scale =
      at < 0 ? start : g.op('Mul', [start, g.op('Add', [reshape(g, changes[at]!, []), g.scalar(1)])]);
    this.#scales.set(name, scale);
    return scale;
  }

  #bindWeights(
    node: Node,
    inputs: (Value | undefined)[],
    { soft, h }: { soft: SoftWeights; h: Value },
  ): void {
    const { g, problem } = this.#setup;
    const rule = problem.plan.nodes.get(node)!;
    if (rule.kind !== 'weighted') return;
    const { weight, bias } = problem.encodings.weights.get(node.output().name)!;
    const { shape } = weight.tensor;
    const scaleShape = shape.map((size, i) => (i === weight.axis ? size : 1));
    const floor = g.initializer(g.uniqueName('floor'), Tensor.of('float32', soft.floor));
    const scale = g.initializer(g.uniqueName('scale'), Tensor.of('float32', weight.scales, scaleShape));
    const integers = reshape(g, g.op('Add', [h, floor]), shape);
    inputs[rule.weight] = g.op('Mul', [integers, scale]);
    if (bias && rule.bias !== undefined)
      inputs[rule.bias] = g.initializer(g.uniqueName('bias'), Tensor.of('float32', bias, [bias.length]));
  }
}

/** A constant as its integers give it. */
function roundTrip(tensor: Tensor, encoding: ActivationEncoding): Tensor {
  const data = Float32Array.from(tensor.data as Float32Array, (x) =>
    dequantize(quantize(x, encoding, encoding.integers), encoding),
  );
  return Tensor.of('float32', data, tensor.shape);
}
