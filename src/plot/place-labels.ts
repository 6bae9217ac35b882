/** A label and the point it belongs to, in any unit (pixels, characters); y grows downwards. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placement {
  readonly left: number;
  readonly top: number;
  /** Where the label sits as seen from its point: -1, 0 or 1 in each direction. */
  readonly dx: number;
  readonly dy: number;
}

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Free room between a point and its label. */
  readonly gap: { readonly x: number; readonly y: number };
  /** Points that labels should not cover, beside those that have a label. */
  readonly obstacles?: readonly Spot[];
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Sides of a point in the order a reader prefers. */
const sides: readonly { readonly dx: number; readonly dy: number }[] = [
  { dx: 1, dy: 0 },
  { dx: 1, dy: -1 },
  { dx: -1, dy: 0 },
  { dx: 0, dy: -1 },
  { dx: 0, dy: 1 },
  { dx: -1, dy: -1 },
  { dx: 1, dy: 1 },
  { dx: -1, dy: 1 },
];
const distances = [1, 2.5, 4, 6];

/**
 * Puts every label beside its point so that it stays inside and covers no other label or point; the placement
 * that covers least if there is none. Greedy, in the given order: labels that matter most come first.
 */
export function placeLabels(labels: readonly Label[], canvas: Canvas): Placement[] {
  const { gap } = canvas;
  const covers = ({ x, y }: Spot) => box(x - gap.x / 2, y - gap.y / 2, { width: gap.x, height: gap.y });
  const points = [...labels, ...(canvas.obstacles ?? [])].map(covers);
  const taken: Box[] = [];
  return labels.map((label) => {
    let best: { readonly cost: number; readonly placement: Placement } | undefined;
    for (const placement of candidates(label, gap)) {
      const cost = costOf(box(placement.left, placement.top, label), {
        canvas,
        label,
        labels,
        points,
        taken,
      });
      if (!best || cost < best.cost) best = { cost, placement };
      if (cost === 0) break;
    }
    taken.push(box(best!.placement.left, best!.placement.top, label));
    return best!.placement;
  });
}

function* candidates({ x, y, width, height }: Label, gap: Canvas['gap']): Generator<Placement> {
  for (const distance of distances) {
    for (const { dx, dy } of sides) {
      yield {
        left: x + dx * gap.x * distance + ((dx - 1) * width) / 2,
        top: y + dy * gap.y * distance + ((dy - 1) * height) / 2,
        dx,
        dy,
      };
    }
  }
}

interface Surroundings {
  readonly canvas: Canvas;
  readonly label: Label;
  readonly labels: readonly Label[];
  readonly points: readonly Box[];
  readonly taken: readonly Box[];
}

/** The covered area, and a part of the label's own if it sits nearer to another's point; what is outside the canvas
 * weighs most, since it cannot be read at all, then what covers another label. */
function costOf(place: Box, { canvas, label, labels, points, taken }: Surroundings): number {
  const whole = label.width * label.height;
  const outside = whole - overlap(place, { left: 0, top: 0, right: canvas.width, bottom: canvas.height });
  const covered = (boxes: readonly Box[]) => boxes.reduce((sum, other) => sum + overlap(place, other), 0);
  const own = distance(place, label);
  const misread = labels.some((other) => other !== label && distance(place, other) < own);
  return (
    10 * (outside > 1e-9 ? outside : 0) + 3 * covered(taken) + covered(points) + (misread ? whole / 4 : 0)
  );
}

const box = (left: number, top: number, { width, height }: { width: number; height: number }): Box => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});

/** From a point to the nearest place of a box. */
const distance = ({ left, top, right, bottom }: Box, { x, y }: Spot): number =>
  Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}
