import { type Axis, type Figure, markValues } from './figure.ts';

/** An axis after looking at the data: its ends, its ticks, and where a value lies between the ends. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  /** 0 at `min`, 1 at `max`. */
  position(value: number): number;
}

export interface ScaleOptions {
  /** About how many ticks fit. Default 6. */
  readonly ticks?: number;
}

/** The scale of one axis of a figure, with a margin around points and none below bars and bins. */
export function figureScale(figure: Figure, axis: 'x' | 'y', options: ScaleOptions = {}): Scale {
  const values = figure.marks.flatMap((mark) => markValues(mark, axis)).filter(Number.isFinite);
  const grounded = figure.marks.some(
    (mark) => (mark.kind === 'bar' && axis === 'x') || (mark.kind === 'histogram' && axis === 'y'),
  );
  const edgeToEdge =
    axis === 'x' && figure.marks.every(({ kind }) => kind === 'line' || kind === 'histogram');
  const onOneSide = grounded && !values.some((value) => value < 0);
  return makeScale(values, figure[axis], {
    ...options,
    grounded,
    margin: onOneSide || edgeToEdge ? 0 : 0.08,
  });
}

interface Fit extends ScaleOptions {
  /** The shapes stand on zero. */
  readonly grounded: boolean;
  /** Room at both ends, as a part of the data's extent. */
  readonly margin: number;
}

function makeScale(values: readonly number[], axis: Axis, fit: Fit): Scale {
  const wanted = [...values, ...(axis.include ?? []), ...(fit.grounded && axis.scale !== 'log' ? [0] : [])];
  const low = wanted.length > 0 ? wanted.reduce((a, b) => Math.min(a, b)) : 0;
  const high = wanted.length > 0 ? wanted.reduce((a, b) => Math.max(a, b)) : 1;
  return axis.scale === 'log' ? logScale(low, high, fit) : linearScale(low, high, fit);
}

function linearScale(low: number, high: number, { ticks = 6, margin, grounded }: Fit): Scale {
  const spread = high - low || Math.abs(high) * 0.1 || 1;
  const flat = high === low && !grounded ? spread / 2 : 0;
  const max = high + flat + spread * margin + (high === low && grounded ? spread : 0);
  const min = low - flat - spread * margin;
  const step = niceStep((max - min) / ticks);
  const first = Math.ceil(min / step - 1e-9);
  const count = Math.floor(max / step + 1e-9) - first + 1;
  const values = Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  const largest = Math.max(Math.abs(values[0] ?? 0), Math.abs(values.at(-1) ?? 0));
  return {
    min,
    max,
    log: false,
    ticks: values.map((value) => ({ value, text: tickText(value, { step, largest }) })),
    position: (value) => (value - min) / (max - min),
  };
}

function logScale(low: number, high: number, { ticks = 6, margin }: Fit): Scale {
  const [a, b] =
    high > low ? [Math.log10(low), Math.log10(high)] : [Math.log10(low) - 0.5, Math.log10(low) + 0.5];
  const min = a - (b - a) * margin;
  const max = b + (b - a) * margin;
  return {
    min: 10 ** min,
    max: 10 ** max,
    log: true,
    ticks: logTicks(min, max, ticks),
    position: (value) => (Math.log10(value) - min) / (max - min),
  };
}

/** 1, 2 and 5 in every decade; fewer if they are too many, linear steps if they are fewer than two. */
function logTicks(min: number, max: number, wanted: number): Scale['ticks'] {
  const decades = Array.from({ length: Math.ceil(max) - Math.floor(min) + 1 }, (_, i) => Math.floor(min) + i);
  const inside = (value: number) => Math.log10(value) >= min - 1e-9 && Math.log10(value) <= max + 1e-9;
  const grids = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]].map((digits) =>
    decades.flatMap((exponent) => digits.map((digit) => Number(`${digit}e${exponent}`))).filter(inside),
  );
  const fitting = grids.find((grid) => grid.length <= wanted * 1.5) ?? thin(grids.at(-1)!, wanted);
  if (fitting.length >= 2) {
    return fitting.map((value) => ({ value, text: tickText(value, { step: value, largest: value }) }));
  }
  return linearScale(10 ** min, 10 ** max, { ticks: wanted, margin: 0, grounded: false }).ticks;
}

const thin = (ticks: readonly number[], wanted: number): number[] =>
  ticks.filter((_, i) => i % Math.ceil(ticks.length / wanted) === 0);

/** The smallest of 1, 2, 5 times a power of ten that is at least `step`. */
export function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const digit = [1, 2, 5, 10].find((candidate) => candidate * power >= step * (1 - 1e-9)) ?? 10;
  return digit * power;
}

const suffixes = [
  { text: 'G', unit: 1e9 },
  { text: 'M', unit: 1e6 },
  { text: 'k', unit: 1e3 },
] as const;

interface TickRange {
  /** Distance to the next tick. */
  readonly step: number;
  /** The largest tick that shares its unit with this one. */
  readonly largest: number;
}

/** A tick's number with the digits that tell it from its neighbours: `97.5`, `0.02`, `20k`. */
export function tickText(value: number, { step, largest }: TickRange): string {
  if (value === 0) return '0';
  if (Math.abs(value) < 1e-4) return value.toExponential(0).replaceAll('-', '−');
  const suffix = suffixes.find(({ unit }) => largest >= 10 * unit);
  const unit = suffix?.unit ?? 1;
  const decimals = Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-9));
  return `${(value / unit).toFixed(Math.min(decimals, 8)).replace('-', '−')}${suffix?.text ?? ''}`;
}
