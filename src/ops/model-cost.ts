import { cloneGraph, type DType, type Graph, type Model, type Node, type Value } from '../ir/index.ts';
import { annotateTypes } from './annotate.ts';
import { constantOf } from './constant.ts';
import { opOf } from './index.ts';
import type { Cost, Op } from './op.ts';

/** Work of one node in one run of the model. */
export interface LayerCost extends Cost {
  readonly node: Node;
  readonly op: string;
  /** Elements of its learned inputs that no layer before has counted. */
  readonly parameters: number;
  /** Bytes of those, as the model stores them. */
  readonly parameterBytes: number;
  /** How often it runs: more than once inside of loops. */
  readonly calls: number;
}

export interface ModelCost {
  /** Samples of one run: the first dimension of the first input that has one; 1 where it is open. */
  readonly batch: number;
  /** Sizes of a sample that the model leaves open; they count as 1. */
  readonly open: readonly string[];
  /** Multiply-accumulates of one run. */
  readonly macs: number;
  readonly parameters: number;
  /** Bytes that all layers read and write in one run. */
  readonly bytes: number;
  readonly layers: readonly LayerCost[];
  /** Nodes whose operator or types are not known: they are not in the sums. */
  readonly unknown: readonly Node[];
}

/**
 * Work and size of a model, layer by layer; symbolic dimensions count as 1. The layers' nodes are those of a copy with
 * inferred types.
 */
export function modelCost(model: Model): ModelCost {
  const graph = cloneGraph(model.graph);
  annotateTypes(graph);
  const counted = new Set<Value>();
  const layers: LayerCost[] = [];
  const unknown: Node[] = [];
  walk(graph, 1, (node, calls) => {
    const op = opOf(node);
    if (!op || !isTyped(node)) return unknown.push(node);
    const { macs, bytes } = op.cost(node);
    const learned = parametersOf(node, op, counted);
    return layers.push({ node, op: op.type, macs: macs * calls, bytes: bytes * calls, ...learned, calls });
  });
  const total = (key: 'macs' | 'bytes' | 'parameters') => layers.reduce((sum, layer) => sum + layer[key], 0);
  const sums = { macs: total('macs'), bytes: total('bytes'), parameters: total('parameters') };
  return { batch: batchOf(graph), open: openSizes(graph), ...sums, layers, unknown };
}

/** Sizes of a sample that the model leaves open, as `x[2] 'height'`. */
function openSizes({ feeds }: Graph): string[] {
  return feeds.flatMap(({ name, shape = [] }) =>
    shape.slice(1).flatMap((dim, i) => {
      if (typeof dim === 'number') return [];
      return [`${name}[${i + 1}]${dim === null ? '' : ` '${dim}'`}`];
    }),
  );
}

function batchOf({ feeds }: Graph): number {
  const first = feeds.find(({ shape }) => shape?.length)?.shape?.[0];
  return typeof first === 'number' ? Math.max(1, first) : 1;
}

/** False behind an operator that the table does not know, unless the model declares the types. */
const isTyped = (node: Node): boolean =>
  [...node.inputs, ...node.outputs].every((value) => !value?.name || (value.dtype && value.shape));

/** What the reader of the sums must know: which operators they leave out. */
export function costWarnings({ unknown, open }: ModelCost): string[] {
  const sizes =
    open.length > 0
      ? [
          `MACs and bytes count the sizes that the model leaves open as 1 (${open.join(', ')}): fix them, for example by %optimize-graph --fix`,
        ]
      : [];
  return [...sizes, ...unknownWarning(unknown)];
}

function unknownWarning(unknown: readonly Node[]): string[] {
  if (unknown.length === 0) return [];
  const operators = [...new Set(unknown.map((node) => node.label.split(' ')[0]))].join(', ');
  return [
    `Parameters and MACs leave out ${unknown.length} nodes whose operator or types are not known (${operators}); types can be declared in the model`,
  ];
}

/** Visits every node with the number of its calls; a trip count that is not constant counts as 1. */
function walk(graph: Graph, calls: number, visit: (node: Node, calls: number) => void): void {
  for (const node of graph.nodes) {
    visit(node, calls);
    const trips = opOf(node)?.subgraph?.trips(node) ?? 1;
    for (const subgraph of node.subgraphs()) walk(subgraph, calls * trips, visit);
  }
}

/** A single number is a factor or a limit, unless it is the bias of a weighted operator of one channel. */
const addsBias = (node: Node, op: Op): boolean =>
  op.addsBias === true &&
  node.inputs.some((value) => value?.producer && opOf(value.producer)?.quantize?.kind === 'weighted');

/** Constants that hold shapes, axes and masks are not parameters. */
const notLearned: readonly DType[] = ['int64', 'bool', 'string'];

function parametersOf(
  node: Node,
  op: Op,
  counted: Set<Value>,
): Pick<LayerCost, 'parameters' | 'parameterBytes'> {
  const indices = op.parameters ?? [...node.inputs.keys()];
  let [parameters, parameterBytes] = [0, 0];
  for (const value of indices.map((index) => node.inputs[index])) {
    const tensor = constantOf(value);
    if (!value || !tensor || counted.has(value) || notLearned.includes(tensor.dtype)) continue;
    if (tensor.size === 1 && !op.parameters && !addsBias(node, op)) continue;
    counted.add(value);
    parameters += tensor.size;
    parameterBytes += tensor.bytes.length;
  }
  return { parameters, parameterBytes };
}
