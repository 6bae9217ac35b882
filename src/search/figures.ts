import { type Budget, type Constraint, isLatency } from './budget.ts';

/** What one device gave. */
export interface DeviceFigures {
  /** Median of one call, in ms. */
  readonly latency: number;
  /** Of the original's latency as it was measured beside it, where a limit is such a share. */
  readonly share?: number;
  /** Bytes that the process held at most; undefined where it cannot be known. */
  readonly memory?: number;
  /** `emulated` or `estimate` where it was not measured on the device itself. */
  readonly kind?: 'emulated' | 'estimate';
}

/** All that was measured of a model, in the units of the quantities. */
export interface Figures {
  readonly size: number;
  readonly macs: number;
  readonly params: number;
  /** On the data that decide. */
  readonly accuracy: number | undefined;
  /** Accuracy of the original on the same samples, less this one's. */
  readonly drop: number | undefined;
  readonly devices: Readonly<Record<string, DeviceFigures>>;
}

/** The value that a constraint is about; undefined if it was not measured. */
export function figureOf({ quantity, device }: Constraint, figures: Figures): number | undefined {
  const { devices, ...own } = figures;
  const all: Readonly<Record<string, number | undefined>> =
    device === undefined ? own : { latency: devices[device]?.latency, memory: devices[device]?.memory };
  return all[quantity.name];
}

/** The original's value that a limit may be a share of: its latency as it was measured beside the network, where it was. */
export function wholeOf(constraint: Constraint, figures: Figures, original: Figures): number | undefined {
  const { latency, share } = figures.devices[constraint.device ?? ''] ?? {};
  const isBeside = isLatency(constraint) && share !== undefined;
  return isBeside ? latency! / share : figureOf(constraint, original);
}

/** The limit in the quantity's own unit. */
const limitOf = (constraint: Constraint, figures: Figures, original: Figures): number =>
  constraint.limit * (constraint.relative ? (wholeOf(constraint, figures, original) ?? Number.NaN) : 1);

/** How a model stands to one limit. */
export interface Standing {
  readonly constraint: Constraint;
  readonly value: number | undefined;
  readonly limit: number;
  readonly isMet: boolean;
  /**
   * Value over limit, 1 at the limit and less where it is good; for accuracy 1 + points beyond the limit, so that a
   * limit of 0 has one too. Infinity for what was not measured.
   */
  readonly ratio: number;
}

export function standingsOf(budget: Budget, figures: Figures, original: Figures): Standing[] {
  return budget.map((constraint) => {
    const value = figureOf(constraint, figures);
    const limit = limitOf(constraint, figures, original);
    if (value === undefined || Number.isNaN(limit))
      return { constraint, value, limit, isMet: false, ratio: Infinity };
    const [high, low] = constraint.quantity.good === 'below' ? [limit, value] : [value, limit];
    const isMet = constraint.inclusive ? low <= high : low < high;
    const isFraction = constraint.quantity.name === 'accuracy' || constraint.quantity.name === 'drop';
    const ratio = isFraction ? 1 + 100 * (low - high) : value / limit;
    return { constraint, value, limit, isMet, ratio };
  });
}

/** How far a model is from its budget: the worst of its limits, 1 or less if it may be met. */
export const worstOf = (standings: readonly Standing[]): number =>
  Math.max(...standings.map(({ ratio, isMet }) => (isMet ? Math.min(ratio, 1) : Math.max(ratio, 1))));

export const meets = (standings: readonly Standing[]): boolean => standings.every(({ isMet }) => isMet);
