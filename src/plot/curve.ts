import { type Axis, Figure, type Point } from './figure.ts';

export interface Curve {
  readonly name: string;
  readonly x: ArrayLike<number>;
  /** As many as x. A value that is not finite is a gap. */
  readonly y: ArrayLike<number>;
}

export interface CurveOptions {
  readonly title: string;
  /** Default: `Step`. */
  readonly x?: Axis;
  readonly y: Axis;
}

/** Lines over steps or epochs: loss and accuracy of a training run, one line a series. */
export function curveFigure(
  curves: readonly Curve[],
  { title, x = { title: 'Step' }, y }: CurveOptions,
): Figure {
  return new Figure({
    title,
    x,
    y,
    marks: curves.map((curve) => ({ kind: 'line', name: curve.name, points: pointsOf(curve) })),
    notes: curves.flatMap(({ name, y }) => {
      const lost = Array.from(y).filter((value) => !Number.isFinite(value)).length;
      return lost > 0 ? [`${name}: ${lost} of ${y.length} values are not finite and leave a gap`] : [];
    }),
  });
}

const pointsOf = ({ x, y }: Curve): Point[] =>
  Array.from(x, (value, i) => ({ x: value, y: y[i] ?? Number.NaN }));
