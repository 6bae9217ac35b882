import { Figure, type Mark, type Point, paretoFront } from '../plot/index.ts';
import { isLatencyShare, subjectOf } from './budget.ts';
import { type Figures, figureOf, standingsOf } from './figures.ts';
import type { Findings } from './optimize-report.ts';
import { quantities } from './quantity.ts';
import { isOfAccuracy, type Trial, titleOf } from './trial.ts';

/** Accuracy against the cost that is hardest to keep, with the limits; undefined where accuracy cannot be told. */
export function trialsFigure(findings: Findings): Figure | undefined {
  const { original, trials, decidedOn } = findings;
  if (original.figures.accuracy === undefined || decidedOn === undefined) return undefined;
  const axis = axisFor(findings);
  const point = (figures: Figures, label: string, trial?: Trial): Point => ({
    ...{ x: axis.of(figures), y: 100 * figures.accuracy!, label },
    ...(trial && { faded: trial !== findings.best, hover: hoverOf(trial, findings) }),
  });
  const points = [
    point(original.figures, 'original'),
    ...trials.map((trial) => point(trial.figures, nameOf(trial), trial)),
  ];
  const { limit } = axis;
  return new Figure({
    title: `Accuracy on ${decidedOn}`,
    x: {
      title: axis.title,
      ...(axis.unit && { unit: axis.unit }),
      scale: scaleFor(limit === undefined ? points : [...points, { x: limit, y: 0 }]),
    },
    y: { title: 'Accuracy', unit: '%' },
    marks: [
      ...front(points),
      { kind: 'scatter', name: 'networks', series: 0, points },
      ...limits(points, { limit, least: leastAccuracy(findings) }),
    ],
  });
}

/** A cost as the figure shows it. */
interface Axis {
  readonly title: string;
  readonly unit: string | undefined;
  /** Undefined if the budget limits no cost. */
  readonly limit?: number;
  of(figures: Figures): number;
}

/** Of the cost that is hardest to keep, or else of the size. */
function axisFor({ budget, original: { figures: original } }: Findings): Axis {
  const worst = standingsOf(budget, original, original)
    .filter((standing) => !isOfAccuracy(standing))
    .toSorted((a, b) => b.ratio - a.ratio)[0];
  const { unit, scale = 1 } = (worst?.constraint.quantity ?? quantities.find(({ name }) => name === 'size')!)
    .column;
  if (!worst) return { title: 'Size', unit, of: ({ size }) => scale * size };
  const cost = worst.constraint;
  const title = capital(subjectOf(cost));
  // As each was measured beside the original.
  const shareOf = ({ devices }: Figures): number => devices[cost.device ?? '']?.share ?? 1;
  if (isLatencyShare(cost))
    return {
      ...{ title: `${title}, share of the original's`, unit: '%', limit: 100 * cost.limit },
      of: (figures) => 100 * shareOf(figures),
    };
  return { title, unit, limit: scale * worst.limit, of: (figures) => scale * figureOf(cost, figures)! };
}

/** Logarithmic where the values differ by a factor of 20 or more. */
function scaleFor(points: readonly Point[]): 'linear' | 'log' {
  const values = points.map(({ x }) => x);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low > 0 && high / low >= 20 ? 'log' : 'linear';
}

const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;

const nameOf = ({ spec: { kept, way, form } }: Trial): string =>
  way ? `${Math.round(100 * kept)} % ${form.name}` : form.name;

function hoverOf(trial: Trial, { best }: Findings): string {
  const steps = trial.chain.map(({ planned: { step, options } }) => `${step} ${JSON.stringify(options)}`);
  return [`${titleOf(trial.spec)}${trial === best ? ' (taken)' : ''}`, ...steps].join('\n');
}

/** In %, below which the budget is not kept. */
function leastAccuracy({ budget, original }: Findings): number | undefined {
  const bounds = budget.flatMap(({ quantity, limit }) =>
    quantity.name === 'accuracy'
      ? [100 * limit]
      : quantity.name === 'drop'
        ? [100 * (original.figures.accuracy! - limit)]
        : [],
  );
  return bounds.length > 0 ? Math.max(...bounds) : undefined;
}

const front = (points: readonly Point[]): Mark[] => [
  {
    ...{ kind: 'line', name: 'front', series: 0, front: true, shape: 'step' },
    points: paretoFront(points).map(({ x, y }) => ({ x, y })),
  },
];

/** Lines at the limits, as far as the points go. */
function limits(
  points: readonly Point[],
  { limit, least }: { limit: number | undefined; least: number | undefined },
): Mark[] {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, right] = [Math.min(...xs, limit ?? Infinity), Math.max(...xs, limit ?? 0)];
  const [bottom, top] = [Math.min(...ys, least ?? 100), Math.max(...ys)];
  const line = (name: string, from: Point, to: Point): Mark => ({
    ...{ kind: 'line', name, series: 1, points: [from, to] },
  });
  return [
    ...(limit === undefined
      ? []
      : [line('most that is allowed', { x: limit, y: bottom }, { x: limit, y: top })]),
    ...(least === undefined ? [] : [line('least accuracy', { x: left, y: least }, { x: right, y: least })]),
  ];
}
