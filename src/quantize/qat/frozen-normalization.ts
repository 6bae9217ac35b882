import { type Graph, type Model, Node, product, Tensor, Value } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import { constantsToInitializers } from '../../passes/index.ts';
import type { FakeModel } from './fake-model.ts';

/** A weighted node whose weights are those of a BatchNormalization behind it as well: names of its constants. */
interface FrozenNormalization {
  readonly weight: string;
  readonly bias: string;
  readonly gamma: string;
  readonly beta: string;
  /** 1 / sqrt(variance + epsilon), and what is added before the normalization less the mean: both stay. */
  readonly inverse: Float32Array;
  readonly offset: Float32Array;
  /** Of the weight's output channels. */
  readonly axis: number;
}

export interface Unfolded {
  readonly fake: FakeModel;
  /** Globs of the names of the statistics, which stay. */
  readonly freeze: readonly string[];
  /** Puts the folded weights and biases in the place of those that were trained. */
  fold(learned: Map<string, Tensor>): void;
}

const [inverseName, offsetName] = ['frozen_inverse_deviation', 'frozen_offset'];

/**
 * The fake-quantized model with the batch normalizations that `original` has behind weights trained as such: what is
 * rounded is weight * gamma / deviation and beta - mean * gamma / deviation, gamma, beta and weight are trained, the
 * statistics stay (Jacob et al. 2018, arXiv 1712.05877, with frozen statistics). One whose weights are not those of the
 * original any more stays folded.
 */
export function unfoldNormalizations(fake: FakeModel, original: Model | undefined): Unfolded {
  if (!original) return { fake, freeze: [], fold: () => undefined };
  const model = fake.model.clone();
  const norms = constantsToInitializers(original).graph.nodes.flatMap((norm) => {
    const found = norm.opType === 'BatchNormalization' ? unfold(model.graph, norm, fake) : undefined;
    return found ? [found] : [];
  });
  return {
    fake: { ...fake, model },
    freeze: norms.length > 0 ? [`*/${inverseName}`, `*/${offsetName}`] : [],
    fold: (learned) => {
      for (const norm of norms) fold(norm, learned);
    },
  };
}

function unfold(graph: Graph, norm: Node, { weights }: FakeModel): FrozenNormalization | undefined {
  const weighted = norm.input(0).producer;
  // Folded, the weighted node gives what the normalization did, by its own name or that of a graph output.
  const name = [norm.input(0).name, norm.output().name].find((output) => weights.has(output)) ?? '';
  const names = weights.get(name);
  const axis = weighted && channelAxis(weighted);
  const weight = weighted && constantOf(weighted.inputs[1]);
  const folded = graph.initializers.get(names?.weight ?? '');
  const bias = graph.initializers.get(names?.bias ?? '');
  const constants = norm.inputs.slice(1, 5).map((value) => value && constantOf(value));
  if (axis === undefined || !weight || !folded || !bias || !constants.every(isVector)) return undefined;
  const [gamma, beta, mean, variance] = constants.map((tensor) => tensor!.data as Float32Array);
  const epsilon = norm.float('epsilon', 1e-5);
  const before = constantOf(weighted!.inputs[2])?.data as Float32Array | undefined;
  const found: FrozenNormalization = {
    ...{ weight: folded.name, bias: bias.name, gamma: `${name}/gamma`, beta: `${name}/beta`, axis },
    inverse: variance!.map((v) => 1 / Math.sqrt(v + epsilon)),
    offset: mean!.map((m, c) => (before?.[before.length === 1 ? 0 : c] ?? 0) - m),
  };
  const vectors = { gamma: vector(gamma!), beta: vector(beta!) };
  if (!isSame(foldedWeight(found, weight, vectors.gamma), folded.tensor!)) return undefined;
  folded.tensor = weight;
  write(graph, { found, folded, bias, name }, vectors);
  return found;
}

const vector = (data: Float32Array): Tensor => Tensor.of('float32', data.slice());

const isVector = (tensor: Tensor | undefined): boolean =>
  tensor?.dtype === 'float32' && tensor.shape.length === 1;

/** The axis of a weight's output channels; undefined for what is left folded. */
function channelAxis(node: Node): number | undefined {
  if (node.opType === 'Conv') return 0;
  if (node.opType === 'MatMul') return 1;
  const isPlain = node.opType === 'Gemm' && node.float('alpha', 1) === 1 && node.float('beta', 1) === 1;
  return isPlain ? Number(node.int('transB', 0) === 0) : undefined;
}

/** Writes weight * (gamma * inverse) and beta + offset * (gamma * inverse) before what rounds them. */
function write(
  graph: Graph,
  { found, folded, bias, name }: { found: FrozenNormalization; folded: Value; bias: Value; name: string },
  { gamma, beta }: { gamma: Tensor; beta: Tensor },
): void {
  const first = graph.nodes[0];
  const readers = [folded, bias].map(({ uses }) => [...uses]);
  const constant = (label: string, tensor: Tensor): Value =>
    graph.addInitializer(new Value(label, undefined, tensor));
  const op = (opType: string, label: string, inputs: Value[]): Value => {
    const output = new Value(`${name}/${label}`);
    graph.insert(new Node({ opType, name: output.name, inputs, outputs: [output] }), first);
    return output;
  };
  const inverse = constant(`${name}/${inverseName}`, vector(found.inverse));
  const factor = op('Mul', 'factor', [constant(found.gamma, gamma), inverse]);
  const rank = folded.tensor!.shape.length;
  const shape = Array.from({ length: rank }, (_, i) => (i === found.axis ? found.inverse.length : 1));
  const spread = op('Reshape', 'factors', [
    factor,
    constant(`${name}/factors_shape`, Tensor.of('int64', shape)),
  ]);
  const offset = constant(`${name}/${offsetName}`, vector(found.offset));
  const made = [
    op('Mul', 'folded_weight', [folded, spread]),
    op('Add', 'folded_bias', [constant(found.beta, beta), op('Mul', 'scaled_offset', [offset, factor])]),
  ];
  for (const [i, uses] of readers.entries())
    for (const { node, index } of uses) node.setInput(index, made[i]!);
  graph.initializers.delete(bias.name);
}

/** What the graph computes, in float32 as it does. */
function fold(norm: FrozenNormalization, learned: Map<string, Tensor>): void {
  const [weight, gamma, beta] = [norm.weight, norm.gamma, norm.beta].map((name) => learned.get(name)!);
  learned.set(norm.weight, foldedWeight(norm, weight!, gamma!));
  const factors = factorsOf(norm, gamma!);
  const start = beta!.data as Float32Array;
  const bias = factors.map((factor, c) => start[c]! + Math.fround(norm.offset[c]! * factor));
  learned.set(norm.bias, vector(bias));
}

const factorsOf = ({ inverse }: FrozenNormalization, gamma: Tensor): Float32Array =>
  (gamma.data as Float32Array).map((g, c) => g * inverse[c]!);

function foldedWeight(norm: FrozenNormalization, weight: Tensor, gamma: Tensor): Tensor {
  const factors = factorsOf(norm, gamma);
  const { shape } = weight;
  const inner = product(shape.slice(norm.axis + 1));
  const data = (weight.data as Float32Array).map(
    (w, i) => w * factors[Math.floor(i / inner) % factors.length]!,
  );
  return Tensor.of('float32', data, shape);
}

/** Equal up to rounding. */
function isSame(a: Tensor, b: Tensor): boolean {
  const [x, y] = [a.data as Float32Array, b.data as Float32Array];
  const largest = y.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return (
    a.shape.join() === b.shape.join() && x.every((value, i) => Math.abs(value - y[i]!) <= 1e-5 * largest)
  );
}
