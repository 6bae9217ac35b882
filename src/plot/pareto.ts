import { type Axis, Figure, type Mark, type Point } from './figure.ts';

/** One variant in the plane of two figures: less x is better, more y is better. */
export interface ParetoPoint {
  readonly name: string;
  /** undefined, null and NaN: not measured. */
  readonly x: number | null | undefined;
  readonly y: number | null | undefined;
  /** Points are compared with those of their own group only, for example of the same device. */
  readonly group?: string;
  readonly hover?: string;
  /** Passed on to the drawn point. */
  readonly id?: string;
}

export interface ParetoOptions {
  readonly title?: string;
  /** `scale` is logarithmic by itself where the values differ by a factor of 20 or more. */
  readonly x: Axis;
  readonly y: Axis;
}

const logFactor = 20;

type Measured<P> = P & { readonly x: number; readonly y: number };

/**
 * The points that no other one beats: no other has at most their x and at least their y, one of the two strictly.
 * Equal points are all kept; points without a finite x and y never are. Sorted by x.
 */
export function paretoFront<P extends { x: number | null | undefined; y: number | null | undefined }>(
  points: readonly P[],
): Measured<P>[] {
  const sorted = points.filter(isMeasured).sort((a, b) => a.x - b.x || b.y - a.y);
  const front: Measured<P>[] = [];
  for (const point of sorted) {
    const best = front.at(-1);
    if (!best || point.y > best.y || (point.y === best.y && point.x === best.x)) front.push(point);
  }
  return front;
}

/**
 * A figure of y against x, for example accuracy against latency: every variant with its name, those on the front
 * solid, the others hollow, and the front as a line for each group. What was not measured is listed in the notes.
 */
export function paretoFigure(points: readonly ParetoPoint[], options: ParetoOptions): Figure {
  const { x, y, title = `${y.title} against ${x.title.toLowerCase()}` } = options;
  const measured = points.filter(isMeasured);
  const missing = points.filter((point) => !isMeasured(point)).map((point) => point.name);
  const groups = [...new Set(measured.map((point) => point.group))];
  return new Figure({
    title,
    x: { ...x, scale: x.scale ?? scaleFor(measured.map((point) => point.x)) },
    y,
    marks: groups.flatMap((group, series) => {
      const members = measured.filter((point) => point.group === group);
      return groupMarks(members, { group, series });
    }),
    notes: missing.length > 0 ? [`Not drawn, since not measured: ${missing.join(', ')}`] : [],
  });
}

function groupMarks(
  points: readonly Measured<ParetoPoint>[],
  { group, series }: { group?: string; series: number },
): Mark[] {
  const front = paretoFront(points);
  const onFront = new Set(front);
  const marks: Mark[] = [
    {
      kind: 'line',
      name: group ?? 'Pareto front',
      series,
      front: true,
      shape: 'step',
      points: front.map(bare),
    },
    {
      kind: 'scatter',
      name: group ?? 'variants',
      series,
      points: points.map(
        (point): Point => ({
          ...bare(point),
          label: point.name,
          ...(point.hover !== undefined && { hover: point.hover }),
          ...(point.id !== undefined && { id: point.id }),
          ...(!onFront.has(point) && { faded: true }),
        }),
      ),
    },
  ];
  return marks;
}

const bare = ({ x, y }: Measured<ParetoPoint>): Point => ({ x, y });

function scaleFor(values: readonly number[]): 'linear' | 'log' {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low > 0 && high / low >= logFactor ? 'log' : 'linear';
}

function isMeasured<P extends { x: number | null | undefined; y: number | null | undefined }>(
  point: P,
): point is Measured<P> {
  return Number.isFinite(point.x) && Number.isFinite(point.y);
}
