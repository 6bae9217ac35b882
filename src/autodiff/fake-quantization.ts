import { type DType, type Graph, type Node, product, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { isNonNegative, isOnGrid } from './integer-grid.ts';

/**
 * A round trip through integers, QuantizeLinear, perhaps Clip of the integers, DequantizeLinear, which training writes as
 * one: rounding that has a gradient.
 */
export interface FakeQuantization {
  /** The QuantizeLinear. */
  readonly quantize: Node;
  /** What else it is made of: the Clip, and what reads the integers. */
  readonly others: readonly Node[];
  /** Float32. */
  readonly x: Value;
  /** Float32, one number or one for each index of `axis`. */
  readonly scale: Value;
  /** One, or one a scale where they differ. */
  readonly zeroPoints: readonly number[];
  readonly dtype: DType;
  /** The smallest and the largest integer. */
  readonly min: number;
  readonly max: number;
  /** Of x; undefined for one scale. */
  readonly axis: number | undefined;
  /** Whether x has a batch of samples: an activation, not a weight. */
  readonly perSample: boolean;
  /** Whether x cannot be below 0. */
  readonly isNonNegative: boolean;
  /** Whether x comes from a round trip by the same integers already, which another one does not change. */
  readonly isOnGrid: boolean;
}

/** The fake quantizations of a graph by their QuantizeLinear. Other uses of that operator have no gradient. */
export function fakeQuantizations(graph: Graph): Map<Node, FakeQuantization> {
  const search: Search = { graph, nodes: new Set(graph.nodes), fed: fedValues(graph), found: new Map() };
  const found = new Map<Node, FakeQuantization>();
  for (const node of graph.nodes) {
    const fake = isOp(node, 'QuantizeLinear') ? fakeQuantizationOf(search, node) : undefined;
    if (!fake) continue;
    found.set(node, fake);
    for (const { outputs } of fake.others) search.found.set(outputs[0]!, fake);
  }
  return found;
}

interface Search {
  readonly graph: Graph;
  readonly nodes: ReadonlySet<Node>;
  /** What depends on the graph's inputs. */
  readonly fed: ReadonlySet<Value>;
  /** Those that are known already by their outputs. */
  readonly found: Map<Value, FakeQuantization>;
}

function fedValues({ feeds, nodes }: Graph): Set<Value> {
  const fed = new Set(feeds);
  for (const { inputs, outputs } of nodes)
    if (inputs.some((value) => value && fed.has(value))) for (const output of outputs) fed.add(output);
  return fed;
}

const isOp = ({ opType, domain }: Node, type: string): boolean => opType === type && domain === '';

/** The integers that a dtype holds. Those of 4 bits are left out: onnxruntime must not keep them between two nodes. */
const integersOf: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

function fakeQuantizationOf(search: Search, quantize: Node): FakeQuantization | undefined {
  const [x, scale, zeroPoint] = [quantize.input(0), quantize.input(1), quantize.inputs[2]];
  const dtype = zeroPoint?.dtype ?? quantize.output().dtype ?? 'uint8';
  const integers = integersOf[dtype];
  const isFloat = [x, scale].every((value) => value.dtype === 'float32');
  if (!integers || !isFloat || quantize.int('block_size', 0) !== 0) return undefined;
  const clip = limitOf(search, quantize.output());
  const readers = readersOf(search, (clip?.node ?? quantize).output());
  const undoes = (node: Node): boolean =>
    isOp(node, 'DequantizeLinear') && node.input(1) === scale && node.inputs[2] === zeroPoint;
  const zeros = zeroPoint ? constantOf(zeroPoint)?.toNumbers() : [0];
  if (!zeros || !readers?.length || !readers.every(undoes)) return undefined;
  const grid = {
    scale,
    zeroPoints: new Set(zeros).size === 1 ? [zeros[0]!] : zeros,
    min: Math.max(integers[0], clip?.min ?? -Infinity),
    max: Math.min(integers[1], clip?.max ?? Infinity),
  };
  return {
    ...{ ...grid, quantize, others: [...(clip ? [clip.node] : []), ...readers], x, dtype },
    axis: axisOf(quantize),
    perSample: search.fed.has(x),
    isNonNegative: isNonNegative(x, search.found),
    isOnGrid: isOnGrid(x, grid, search.found),
  };
}

/** The nodes that read a value; undefined if it is an output or one of them is of a subgraph. */
function readersOf({ graph, nodes }: Search, value: Value): Node[] | undefined {
  const readers = value.uses.map(({ node }) => node);
  const isInside = !graph.outputs.includes(value) && readers.every((node) => nodes.has(node));
  return isInside ? readers : undefined;
}

/** The Clip by constants that alone reads integers. */
function limitOf(search: Search, integers: Value): { node: Node; min: number; max: number } | undefined {
  const [node, ...more] = readersOf(search, integers) ?? [];
  if (!node || more.length > 0 || !isOp(node, 'Clip')) return undefined;
  const [min, max] = [1, 2].map((index) => node.inputs[index] && constantOf(node.inputs[index]));
  return min && max && { node, min: min.toNumbers()[0]!, max: max.toNumbers()[0]! };
}

function axisOf(quantize: Node): number | undefined {
  const { shape: scales } = quantize.input(1);
  const rank = quantize.input(0).shape?.length ?? 0;
  if (!scales || product(scales as number[]) === 1) return undefined;
  return (quantize.int('axis', 1) + rank) % rank;
}
