import { Graph, layout as layoutDagre } from '@dagrejs/dagre';
import { textWidth } from '../plot/text-width.ts';
import type { Box, Diagram, Edge } from './diagram.ts';

export const sizes = { title: 13, line: 11, label: 10.5, header: 24, row: 16, padding: 10 } as const;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box with its place: left, top, width and height in pixels. */
export interface PlacedBox extends Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge extends Edge {
  readonly points: readonly Point[];
  /** Centre of the label. */
  readonly at: Point | undefined;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
}

/** Beyond this many boxes the exact ranking takes seconds; the quick one gives somewhat longer edges. */
const quickAbove = 200;

/** Places boxes in layers from the top to the bottom (Gansner et al. 1993), by dagre. */
export function layoutOf({ boxes, edges }: Diagram): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: 'TB',
    nodesep: 24,
    ranksep: 22,
    edgesep: 14,
    marginx: 12,
    marginy: 12,
    ranker: boxes.length > quickAbove ? 'longest-path' : 'network-simplex',
  });
  for (const box of boxes) graph.setNode(String(box.id), boxSize(box));
  edges.forEach(({ from, to, label }, i) => {
    const width = label ? textWidth(label, sizes.label) + 8 : 0;
    const edge = {
      width,
      height: label ? sizes.label + 4 : 0,
      labelpos: 'r',
      labeloffset: 4,
      weight: 1,
    };
    graph.setEdge(String(from), String(to), edge, String(i));
  });
  layoutDagre(graph);
  const { width = 0, height = 0 } = graph.graph();
  const placed = boxes.map((box): PlacedBox => {
    const { x, y, width, height } = graph.node(String(box.id));
    return { ...box, x: x - width / 2, y: y - height / 2, width, height };
  });
  return {
    width,
    height,
    boxes: placed,
    edges: edges.map((edge, i) => {
      const { points, x, y } = graph.edge(String(edge.from), String(edge.to), String(i));
      const ends = { from: placed[edge.from]!, to: placed[edge.to]! };
      return { ...edge, points: fromBottomToTop(points, ends), at: edge.label ? { x, y } : undefined };
    }),
  };
}

/** Edges leave a box below and enter one above, never at a side, however slanted they are. */
function fromBottomToTop(
  points: readonly Point[],
  { from, to }: { from: PlacedBox; to: PlacedBox },
): Point[] {
  const inside = ({ x, width }: PlacedBox, wanted: number): number =>
    Math.min(Math.max(wanted, x + 12), x + width - 12);
  const between = points.slice(1, -1);
  const [next, before] = [between[0] ?? points.at(-1)!, between.at(-1) ?? points[0]!];
  const start = { x: inside(from, (next.x + from.x + from.width / 2) / 2), y: from.y + from.height };
  const end = { x: inside(to, (before.x + to.x + to.width / 2) / 2), y: to.y };
  // A point straight below and one straight above bend the curve, so that it leaves and arrives upright.
  return [start, { x: start.x, y: start.y + 8 }, ...between, { x: end.x, y: end.y - 12 }, end];
}

function boxSize({ kind, title, lines }: Box): { width: number; height: number } {
  const texts = lines.map(({ name, text }) => textWidth(name ? `${name}  ${text}` : text, sizes.line) * 1.1);
  const width = Math.max(textWidth(title, sizes.title) * 1.15, ...texts) + 2 * sizes.padding;
  const body = lines.length > 0 ? lines.length * sizes.row + 8 : 0;
  return { width: Math.max(width, kind === 'port' ? 60 : 78), height: sizes.header + body };
}
