import { fontFamily, neutralColor } from '../plot/palette.ts';
import { escapeHtml } from '../report/html.ts';
import { categoryColors } from './category.ts';
import type { Line } from './describe-node.ts';
import { type Layout, type PlacedBox, type PlacedEdge, type Point, sizes } from './layout.ts';

export interface SvgOptions {
  /** A colour behind the picture; default none, for pages light or dark. */
  readonly background?: string;
}

/** A laid-out graph as a self-contained SVG: boxes with a coloured header per kind of operator, edges with shapes. */
export function svgOf({ width, height, boxes, edges }: Layout, { background }: SvgOptions = {}): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="${escapeHtml(fontFamily)}">`,
    ...(background ? [`<rect width="${w}" height="${h}" fill="${escapeHtml(background)}"/>`] : []),
    `<g fill="none" stroke="${neutralColor}" stroke-width="1.2">`,
    ...edges.map(({ points }) => `<path d="${curve(points)}"/>`),
    '</g>',
    `<g fill="${neutralColor}">`,
    ...edges.map(arrowHead),
    '</g>',
    `<g font-size="${sizes.label}" fill="${neutralColor}" text-anchor="middle">`,
    ...edges.map(labelOf),
    '</g>',
    ...boxes.map(boxSvg),
    '</svg>',
  ]
    .filter(Boolean)
    .join('\n');
}

const n = (value: number): string => String(Math.round(value * 10) / 10);

/** A uniform cubic B-spline that starts and ends at the first and last point. */
function curve(points: readonly Point[]): string {
  const [first, last] = [points[0]!, points.at(-1)!];
  const all = [first, first, ...points.slice(1, -1), last, last];
  const parts = [`M${n(first.x)} ${n(first.y)}`];
  for (let i = 0; i + 3 < all.length + 1; i++) {
    const [a, b, c] = [all[i]!, all[i + 1]!, all[i + 2] ?? last];
    const mix = (p: Point, q: Point, t: number): string =>
      `${n(p.x + (q.x - p.x) * t)} ${n(p.y + (q.y - p.y) * t)}`;
    const end = all[i + 3] ? midpoint(b, c, all[i + 3]!) : last;
    if (i === 0) parts.push(`L${n((5 * a.x + c.x) / 6)} ${n((5 * a.y + c.y) / 6)}`);
    parts.push(`C${mix(b, c, 1 / 3)} ${mix(b, c, 2 / 3)} ${n(end.x)} ${n(end.y)}`);
  }
  return `${parts.join('')}L${n(last.x)} ${n(last.y)}`;
}

/** Where the spline passes by its control point `b`. */
const midpoint = (a: Point, b: Point, c: Point): Point => ({
  x: (a.x + 4 * b.x + c.x) / 6,
  y: (a.y + 4 * b.y + c.y) / 6,
});

/** Edges arrive from above. */
function arrowHead({ points }: PlacedEdge): string {
  const { x, y } = points.at(-1)!;
  return `<path d="M${n(x)} ${n(y)}l-3.2 -6.5h6.4z"/>`;
}

const labelOf = ({ at, label }: PlacedEdge): string =>
  at ? `<text x="${n(at.x)}" y="${n(at.y + sizes.label * 0.35)}">${escapeHtml(label)}</text>` : '';

function boxSvg(box: PlacedBox): string {
  const { x, y, width, height, kind, title, category, lines, tip } = box;
  const color = kind === 'port' || kind === 'more' ? '#e4e4e4' : (box.color ?? categoryColors[category]);
  const ink = kind === 'port' || kind === 'more' ? '#222' : '#fff';
  const radius = kind === 'port' ? Math.min(12, height / 2) : 5;
  const outline = `x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${radius}"`;
  const middle = n(x + width / 2);
  return [
    `<g><title>${escapeHtml(tip)}</title>`,
    ...(kind === 'group'
      ? [
          `<rect ${outline.replace(`x="${n(x)}" y="${n(y)}"`, `x="${n(x + 4)}" y="${n(y + 4)}"`)} fill="${color}" fill-opacity="0.45"/>`,
        ]
      : []),
    `<rect ${outline} fill="${lines.length > 0 && kind !== 'port' ? '#fafafa' : color}" stroke="${kind === 'port' ? '#9a9a9a' : color}"/>`,
    ...(lines.length > 0 && kind !== 'port' ? [header({ x, y, width, radius, color })] : []),
    `<text x="${middle}" y="${n(y + sizes.header / 2 + sizes.title * 0.36)}" text-anchor="middle" font-size="${sizes.title}" font-weight="${kind === 'port' ? 400 : 600}" fill="${ink}">${escapeHtml(title)}</text>`,
    ...lines.map((line, i) =>
      lineSvg(line, { x, y: y + sizes.header + 4 + (i + 0.72) * sizes.row, width, centred: kind === 'port' }),
    ),
    '</g>',
  ].join('');
}

interface Header {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly radius: number;
  readonly color: string;
}

/** Round above, straight below. */
const header = ({ x, y, width, radius: r, color }: Header): string =>
  `<path d="M${n(x)} ${n(y + sizes.header)}v${n(r - sizes.header)}a${r} ${r} 0 0 1 ${r} -${r}h${n(width - 2 * r)}a${r} ${r} 0 0 1 ${r} ${r}v${n(sizes.header - r)}z" fill="${color}"/>`;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly centred: boolean;
}

function lineSvg({ name, text }: Line, { x, y, width, centred }: Place): string {
  const where = centred ? `x="${n(x + width / 2)}" text-anchor="middle"` : `x="${n(x + sizes.padding)}"`;
  const label = name ? `<tspan font-weight="600">${escapeHtml(name)}</tspan> ` : '';
  return `<text ${where} y="${n(y)}" font-size="${sizes.line}" fill="#333" xml:space="preserve">${label}${escapeHtml(text)}</text>`;
}
