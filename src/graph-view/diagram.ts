import {
  cloneGraph,
  type Dim,
  type Graph,
  type Model,
  type Node,
  type Shape,
  usedValues,
  type Value,
} from '../ir/index.ts';
import { annotateTypes, constantOf } from '../ops/index.ts';
import { type Category, categoryOf } from './category.ts';
import { collapse } from './collapse.ts';
import { describeNode, type Line } from './describe-node.ts';
import { mergePairs, type Roundings } from './merge-pairs.ts';

/** A box of the picture: a node, several collapsed into one, or an input or output of the graph. */
export interface Box {
  readonly id: number;
  readonly kind: 'node' | 'group' | 'port' | 'more';
  readonly title: string;
  readonly category: Category;
  /** Instead of the category's colour. */
  readonly color?: string | undefined;
  readonly lines: readonly Line[];
  /** Shown when the pointer rests on it. */
  readonly tip: string;
}

export interface Edge {
  readonly from: number;
  readonly to: number;
  /** The shape of what flows; only at the first edge of each value. */
  readonly label: string;
}

export interface Diagram {
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
  /** What the picture leaves out. */
  readonly notes: readonly string[];
}

/** A colour for a box, with a contrast of at least 4.5 to white, from the nodes in it; undefined for the usual one. */
export type ColorOf = (nodes: readonly Node[]) => string | undefined;

/** What is drawn of a model. */
export interface VisibleGraph {
  readonly graph: Graph;
  readonly nodes: readonly Node[];
  /** Of values whose pairs are not drawn. */
  readonly roundings: Roundings;
}

/** Nodes without those that only hold a constant, and without pairs unless they are wanted, with inferred types, on a copy. */
export function visibleGraph(
  model: Model,
  { pairs = false }: { readonly pairs?: boolean } = {},
): VisibleGraph {
  const graph = cloneGraph(model.graph);
  annotateTypes(graph);
  const roundings: Roundings = pairs ? new Map() : mergePairs(graph);
  return { graph, nodes: graph.nodes.filter((node) => !constantOf(node.outputs[0])), roundings };
}

export interface DiagramOptions {
  readonly limit?: number;
  readonly colorOf?: ColorOf | undefined;
  /** Draws QuantizeLinear and DequantizeLinear as nodes of their own. Default: they are a property of the value. */
  readonly pairs?: boolean;
}

/**
 * Boxes and edges of a model. Beyond `limit` nodes, runs without branches become one box each, then whole blocks between
 * values that all passes through; what is still too many is left out. Notes say so.
 */
export function diagramOf(
  model: Model,
  { limit = 300, colorOf, pairs = false }: DiagramOptions = {},
): Diagram {
  const visible = visibleGraph(model, { pairs });
  const { groups, left, notes } = collapse(visible.nodes, visible.graph, limit);
  const diagram = draw(visible, groups, left);
  if (!colorOf) return { ...diagram, notes };
  // Boxes come in order: the inputs, then the groups.
  const first = visible.graph.feeds.length;
  const boxes = diagram.boxes.map((box, i) => {
    const group = groups[i - first];
    return group ? { ...box, color: colorOf(group) } : box;
  });
  return { boxes, edges: diagram.edges, notes };
}

function draw(
  { graph, roundings }: VisibleGraph,
  groups: readonly (readonly Node[])[],
  left: readonly Node[],
): Omit<Diagram, 'notes'> {
  const boxes: Box[] = [];
  const makers = new Map<Value, number>();
  const add = (box: Omit<Box, 'id'>): number => boxes.push({ ...box, id: boxes.length }) - 1;
  for (const input of graph.feeds) makers.set(input, add(port(input)));
  const readers = groups.map((group) => ({ group, id: add(groupBox(group)) }));
  for (const { group, id } of readers)
    for (const node of group) for (const output of node.outputs) makers.set(output, id);
  const edges: Edge[] = [];
  const labelled = new Set<Value>();
  const connected = new Set<string>();
  const connect = (value: Value, to: number): void => {
    const from = makers.get(value);
    if (from === undefined || from === to || connected.has(`${from} ${to}`)) return;
    connected.add(`${from} ${to}`);
    edges.push({ from, to, label: labelled.has(value) ? '' : flowText(value, roundings) });
    labelled.add(value);
  };
  for (const { group, id } of readers)
    for (const node of group) for (const value of usedValues(node)) connect(value, id);
  if (left.length > 0) {
    const more = add({ ...groupBox(left), kind: 'more', title: `${left.length} more nodes` });
    for (const node of left) for (const output of node.outputs) makers.set(output, more);
    for (const node of left) for (const value of usedValues(node)) connect(value, more);
  }
  for (const output of graph.outputs) if (makers.has(output)) connect(output, add(port(output)));
  return { boxes, edges };
}

function port(value: Value): Omit<Box, 'id'> {
  const text = `${value.dtype ?? '?'} ${shapeText(value.shape)}`;
  const lines = [{ name: '', text }];
  return { kind: 'port', title: value.name, category: 'other', lines, tip: `${value.name}: ${text}` };
}

function groupBox(group: readonly Node[]): Omit<Box, 'id'> {
  const [first] = group;
  if (group.length === 1) return nodeBox(first!);
  const counts = new Map<string, number>();
  for (const { opType } of group) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  const lines = Array.from(counts, ([opType, count]) => ({
    name: '',
    text: count > 1 ? `${opType} × ${count}` : opType,
  }));
  const more = lines.length > 6 ? [{ name: '', text: `${lines.length - 5} other operators` }] : [];
  return {
    kind: 'group',
    title: `${sharedName(group)}${group.length} nodes`,
    category: mainCategory(group),
    lines: more.length > 0 ? [...lines.slice(0, 5), ...more] : lines,
    tip: group
      .slice(0, 40)
      .map(({ label }) => label)
      .join('\n'),
  };
}

/** `features.3.conv · ` where the layers with weights of a group are all of that part of the network, else nothing. */
function sharedName(group: readonly Node[]): string {
  const layers = group.filter(
    ({ name, opType, inputs }) =>
      name && categoryOf(opType) === 'layer' && inputs.some((input) => input && constantOf(input)),
  );
  const paths = layers.map(({ name }) => name.match(/[^./]+[./]?|[./]/g) ?? []);
  const [first = [], ...rest] = paths;
  // One layer's own name says where the group is; of several, the segments that all have.
  const differs = first.findIndex((part, i) => rest.some((path) => path[i] !== part));
  const shared = (differs < 0 ? first : first.slice(0, differs)).join('').replace(/[./]+$/, '');
  return shared && shared.length <= longestName ? `${shared} · ` : '';
}

/** Longer ones would make their boxes wider than what is in them. */
const longestName = 28;

function mainCategory(group: readonly Node[]): Category {
  const categories = group.map(({ opType }) => categoryOf(opType));
  return categories.find((category) => category === 'layer') ?? categories[0]!;
}

function nodeBox(node: Node): Omit<Box, 'id'> {
  const outputs = node.outputs.filter(({ name }) => name).map(String);
  const lines = describeNode(node);
  const details = lines.map(({ name, text }) => (name ? `${name} ${text}` : text));
  return {
    kind: 'node',
    title: node.opType,
    category: categoryOf(node.opType),
    lines,
    tip: [node.label, ...details, ...outputs.map((text) => `→ ${text}`)].join('\n'),
  };
}

/** The shape of what flows, and the type that it is rounded to. */
const flowText = (value: Value, roundings: Roundings): string =>
  [shapeText(value.shape), roundings.get(value)?.split(',')[0]].filter(Boolean).join(' ');

/** `N×16×28×28`. */
export const shapeText = (shape: Shape | undefined): string =>
  shape === undefined ? '' : shape.length === 0 ? 'scalar' : shape.map(dimText).join('×');

/** Exporters make up symbols of any length; the tooltip has them whole. */
const dimText = (dim: Dim): string =>
  typeof dim === 'string' && dim.length > 12 ? `…${dim.slice(-9)}` : String(dim ?? '?');
