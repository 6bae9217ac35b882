import { type Model, type Node, usedValues, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { describeNode } from './describe-node.ts';
import { shapeText, visibleGraph } from './diagram.ts';
import type { Roundings } from './merge-pairs.ts';

export interface TextOptions {
  /** Lines at most; what lies between the first and the last ones is left out with a note. Default 400. */
  readonly limit?: number;
  /** Shows QuantizeLinear and DequantizeLinear as nodes of their own. */
  readonly pairs?: boolean;
}

/**
 * The graph as lines of text, one per node, in the order of computation. Each column is a value that is still to be
 * read, as in the log of a version control system: a dot is a node, lines end where a value is read for the last time.
 */
export function textOf(model: Model, { limit = 400, pairs = false }: TextOptions = {}): string {
  const { graph, nodes, roundings } = visibleGraph(model, { pairs });
  const last = lastReaders(nodes, graph.outputs);
  const lanes: (Value | undefined)[] = [];
  const rows: Row[] = [];
  for (const input of graph.feeds) {
    if (!last.has(input)) continue;
    open(lanes, input);
    rows.push({
      tracks: tracksOf(lanes, { dot: lanes.indexOf(input), mark: '○' }),
      text: [`${input}`, roundings.get(input)].filter(Boolean).join('  '),
    });
  }
  const outputs = new Set(graph.outputs);
  for (const node of nodes) rows.push(nodeRow(node, { lanes, last, outputs, roundings }));
  const width = Math.max(0, ...rows.map(({ tracks }) => tracks.length));
  const lines = rows.map(({ tracks, text }) => `${tracks.padEnd(width)}  ${text}`.trimEnd());
  return cut(lines, limit).join('\n');
}

interface Row {
  readonly tracks: string;
  readonly text: string;
}

/** The node that reads a value last; 'output' for those that stay to the end. */
function lastReaders(nodes: readonly Node[], outputs: readonly Value[]): Map<Value, Node | 'output'> {
  const last = new Map<Value, Node | 'output'>();
  for (const node of nodes)
    for (const value of usedValues(node)) if (!constantOf(value)) last.set(value, node);
  for (const output of outputs) if (!last.has(output)) last.set(output, 'output');
  return last;
}

interface State {
  readonly lanes: (Value | undefined)[];
  readonly last: ReadonlyMap<Value, Node | 'output'>;
  readonly outputs: ReadonlySet<Value>;
  readonly roundings: Roundings;
}

function nodeRow(node: Node, { lanes, last, outputs, roundings }: State): Row {
  const read = [...usedValues(node)].map((value) => lanes.indexOf(value)).filter((lane) => lane >= 0);
  const ended = read.filter((lane) => last.get(lanes[lane]!) === node).sort((a, b) => a - b);
  const before = [...lanes];
  for (const lane of ended) lanes[lane] = undefined;
  const later = node.outputs.filter(
    (output) => output.name && last.has(output) && last.get(output) !== 'output',
  );
  const free = lanes.indexOf(undefined);
  const dot = ended[0] ?? (free >= 0 ? free : lanes.length);
  const opened: number[] = [];
  if (later[0]) lanes[dot] = later[0];
  for (const output of later.slice(1)) opened.push(open(lanes, output));
  const tracks = tracksOf(before, { dot, mark: '●', read, ended, opened });
  while (lanes.length > 0 && lanes.at(-1) === undefined) lanes.pop();
  const given = node.outputs.filter((output) => outputs.has(output)).map(({ name }) => `◎ ${name}`);
  return { tracks, text: [nodeText(node, roundings), ...given].join('  ') };
}

/** The column that a new value takes: the first free one. */
function open(lanes: (Value | undefined)[], value: Value): number {
  const free = lanes.indexOf(undefined);
  const lane = free >= 0 ? free : lanes.length;
  lanes[lane] = value;
  return lane;
}

interface Marks {
  readonly dot: number;
  readonly mark: string;
  readonly read?: readonly number[];
  readonly ended?: readonly number[];
  readonly opened?: readonly number[];
}

/** One line of the columns: two characters each, joined where a node reads from several. */
function tracksOf(
  lanes: readonly (Value | undefined)[],
  { dot, mark, read = [], ended = [], opened = [] }: Marks,
): string {
  const involved = [dot, ...read, ...opened];
  const [from, to] = [Math.min(...involved), Math.max(...involved)];
  const count = Math.max(lanes.length, to + 1);
  const cells = Array.from({ length: count }, (_, lane) => {
    const joins = lane >= from && lane < to;
    const after = joins ? '─' : ' ';
    if (lane === dot) return mark + after;
    if (read.includes(lane)) return readMark(lane, { dot, ends: ended.includes(lane) }) + after;
    if (opened.includes(lane)) return (lane < dot ? '╭' : '╮') + after;
    if (lanes[lane] !== undefined) return (lane > from && lane < to ? '┼' : '│') + after;
    return (lane > from && lane < to ? '─' : ' ') + after;
  });
  return cells.join('').trimEnd();
}

const readMark = (lane: number, { dot, ends }: { dot: number; ends: boolean }): string => {
  if (lane < dot) return ends ? '╰' : '├';
  return ends ? '╯' : '┤';
};

function nodeText(node: Node, roundings: Roundings): string {
  const details = describeNode(node).map(({ name, text }) => (name ? `${name} ${text}` : text));
  const shapes = node.outputs
    .filter(({ name }) => name)
    .map((output) => [shapeText(output.shape), roundings.get(output)].filter(Boolean).join(' '));
  const name = node.name && node.name !== node.opType ? ` ${node.name}` : '';
  const head = `${node.opType}${name.length > 40 ? ` …${name.slice(-38)}` : name}`;
  return [head, details.join('  '), shapes.some(Boolean) ? `→ ${shapes.join(', ')}` : '']
    .filter(Boolean)
    .join('  ');
}

function cut(lines: readonly string[], limit: number): string[] {
  if (lines.length <= limit) return [...lines];
  const half = Math.floor(limit / 2);
  const note = `… ${lines.length - 2 * half} lines left out: name values with --from and --to to see a part`;
  return [...lines.slice(0, half), note, ...lines.slice(-half)];
}
