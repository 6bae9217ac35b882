import { type Budget, type Constraint, isLatency } from './budget.ts';
import type { Figures } from './figures.ts';
import type { Costs, Lab } from './lab.ts';
import type { DeviceMeasurement } from './measure-local.ts';
import { fastest, middlePair, type Pair, pairOn, shareOf } from './readings.ts';
import { cautiousLatency, cautiousStandings, missedCosts } from './trial.ts';

/** A time is measured so often at most. */
const most = 3;
/** A latency within this factor of its limit is measured again, since another time may tell otherwise. */
const narrow = 1.5;

export interface MeasuredCosts {
  readonly costs: Costs;
  /** In the order of the devices. */
  readonly measurements: readonly DeviceMeasurement[];
}

export const isTimed = (budget: Budget): boolean => budget.some(isLatency);

export const latencyLimit = (device: string, budget: Budget): Constraint | undefined =>
  budget.find((constraint) => isLatency(constraint) && constraint.device === device);

/** What the original takes: the fastest of all times. */
export async function costsOfOriginal(lab: Lab): Promise<Costs> {
  const { source, budget, devices } = lab.setup;
  const found: [string, DeviceMeasurement][] = [];
  for (const device of devices.keys()) {
    const times = latencyLimit(device, budget) ? most : 1;
    const measured: DeviceMeasurement[] = [];
    while (measured.length < times) measured.push(await lab.measure(source, device));
    found.push([device, fastest(measured)]);
  }
  return { ...lab.sizes(source), devices: Object.fromEntries(found) };
}

/**
 * What a network takes. A machine's speed differs from one minute to the next, so where a limit is a share of the
 * original's time, the original is measured beside the network, and of such pairs the middle one counts. Of times
 * with a limit in ms the fastest does. Times near their limit are measured again, unless another limit is missed, or there
 * is no `original` to judge by.
 */
export async function costsOf(lab: Lab, content: Uint8Array, original?: Figures): Promise<MeasuredCosts> {
  const { budget } = lab.setup;
  const sizes = lab.sizes(content);
  const devices: Record<string, DeviceMeasurement> = {};
  for (const device of lab.setup.devices.keys()) {
    const limit = latencyLimit(device, budget);
    const isWorth = (first: DeviceMeasurement): boolean => {
      const figures = { ...sizes, devices: { ...devices, [device]: first } };
      const others = budget.filter((constraint) => constraint !== limit);
      return original !== undefined && !misses(others, figures, original);
    };
    const place = { lab, content, device };
    devices[device] = limit?.relative
      ? await inPairs(place, limit, isWorth)
      : await alone(place, limit, isWorth);
  }
  return { costs: { ...sizes, devices }, measurements: Object.values(devices) };
}

/** Whether what is known of a network is over a limit. */
function misses(budget: Budget, costs: Costs, original: Figures): boolean {
  const known = budget.filter(({ device }) => device === undefined || device in costs.devices);
  const figures = { ...costs, accuracy: undefined, drop: undefined };
  return missedCosts(cautiousStandings(known, { figures }, original)).length > 0;
}

interface Place {
  readonly lab: Lab;
  readonly content: Uint8Array;
  readonly device: string;
}

type IsWorth = (first: DeviceMeasurement) => boolean;

/** Measures a network beside the original: once where that is far from the limit. */
async function inPairs(
  { lab, content, device }: Place,
  { limit }: Constraint,
  isWorth: IsWorth,
): Promise<DeviceMeasurement> {
  const pairs: Pair[] = [await pairOn(lab, content, { device, turn: 0 })];
  const excess = cautiousLatency(shareOf(pairs[0]!)) / limit;
  if (excess <= narrow && excess >= 1 / narrow && isWorth(withShare(pairs[0]!)))
    for (let turn = 1; turn < most; turn++) pairs.push(await pairOn(lab, content, { device, turn }));
  return withShare(middlePair(pairs));
}

const withShare = (pair: Pair): DeviceMeasurement => ({ ...pair.own, share: shareOf(pair) });

/** Measures a network until it keeps the limit, or once where it is far from it or there is none. */
async function alone(
  { lab, content, device }: Place,
  constraint: Constraint | undefined,
  isWorth: IsWorth,
): Promise<DeviceMeasurement> {
  const first = await lab.measure(content, device);
  const limit = constraint?.limit ?? Infinity;
  const isOver = ({ latency }: DeviceMeasurement): boolean => cautiousLatency(latency) > limit;
  const measured = [first];
  if (cautiousLatency(first.latency) <= narrow * limit && isOver(first) && isWorth(first))
    while (measured.length < most && isOver(fastest(measured)))
      measured.push(await lab.measure(content, device));
  return fastest(measured);
}
