import type { Budget, Constraint } from './budget.ts';
import { type Figures, meets, standingsOf } from './figures.ts';
import type { Costs, Lab } from './lab.ts';
import type { DeviceMeasurement } from './measure-local.ts';
import { cautiousLatency } from './trial.ts';

/** A time is measured so often at most. */
const most = 3;
/** A latency within this factor of its limit is measured again, since another time may tell otherwise. */
const narrow = 1.5;

/** What a network takes, and what it is to be compared with. */
export interface ComparedCosts {
  readonly costs: Costs;
  /** In the order of the devices. */
  readonly measurements: readonly DeviceMeasurement[];
  /** The original; its time as it was measured beside this network where a limit is a share of it. */
  readonly original: Figures;
}

/** A network on one device, and the original if it was measured beside it. */
interface Reading {
  readonly own: DeviceMeasurement;
  readonly beside?: DeviceMeasurement;
}

export const isTimed = (budget: Budget): boolean => budget.some(isLatency);

const isLatency = ({ quantity }: Constraint): boolean => quantity.name === 'latency';

/** Limits of what needs no device and no samples to be known. */
export const limitsOfSize = (budget: Budget): Budget =>
  budget.filter(({ quantity }) => quantity.isRelative && !quantity.isOfDevice);

const latencyOn = (device: string, budget: Budget): Constraint | undefined =>
  budget.find((constraint) => isLatency(constraint) && constraint.device === device);

/** What the original takes: the fastest of all times, since other work of a machine only ever adds. */
export async function costsOfOriginal(lab: Lab): Promise<Costs> {
  const { source, budget, devices } = lab.setup;
  const found: [string, DeviceMeasurement][] = [];
  for (const device of devices.keys()) {
    const readings: Reading[] = [];
    const times = latencyOn(device, budget) ? most : 1;
    while (readings.length < times) readings.push({ own: await lab.measure(source, device) });
    found.push([device, fastest(readings).own]);
  }
  return { ...lab.sizes(source), devices: Object.fromEntries(found) };
}

/**
 * What a network takes. A machine's speed differs from one minute to the next, so where a limit is a share of the
 * original's time, the original is measured right after the network, and of all such pairs the middle one counts. Of times
 * with a limit in ms the fastest does, since other work of a machine only ever adds.
 */
export async function costsOf(lab: Lab, content: Uint8Array, original: Figures): Promise<ComparedCosts> {
  const { budget, devices } = lab.setup;
  const sizes = lab.sizes(content);
  const figures = { ...sizes, devices: {}, accuracy: undefined, drop: undefined };
  let isLost = !meets(standingsOf(limitsOfSize(budget), figures, original));
  const found: [string, Reading][] = [];
  for (const device of devices.keys()) {
    const reading = await readingOn(device, { lab, content, isLost });
    isLost ||= excessOf(reading, latencyOn(device, budget)) > narrow;
    found.push([device, reading]);
  }
  const beside = found.flatMap(([device, reading]) => (reading.beside ? [[device, reading.beside]] : []));
  return {
    costs: { ...sizes, devices: Object.fromEntries(found.map(([device, { own }]) => [device, own])) },
    measurements: found.map(([, { own }]) => own),
    original: { ...original, devices: { ...original.devices, ...Object.fromEntries(beside) } },
  };
}

/** Measures once if measuring again could tell nothing else, or it does not matter; else until the limit is kept, or in pairs, as often as is allowed. */
async function readingOn(
  device: string,
  { lab, content, isLost }: { lab: Lab; content: Uint8Array; isLost: boolean },
): Promise<Reading> {
  const { source, budget } = lab.setup;
  const limit = latencyOn(device, budget);
  const isPaired = limit?.relative ?? false;
  const read = async (): Promise<Reading> => {
    const own = await lab.measure(content, device);
    return isPaired ? { own, beside: await lab.measure(source, device) } : { own };
  };
  const readings = [await read()];
  if (isLost || isSettled(readings[0]!, limit)) return readings[0]!;
  while (readings.length < most && (isPaired || excessOf(fastest(readings), limit) > 1))
    readings.push(await read());
  return isPaired ? middle(readings) : fastest(readings);
}

/** Whether measuring again would tell nothing else. */
function isSettled(reading: Reading, limit: Constraint | undefined): boolean {
  const excess = excessOf(reading, limit);
  return excess > narrow || excess <= (limit?.relative ? 1 / narrow : 1);
}

/** Latency with its margin over the limit: 1 at the limit, 0 without one. */
function excessOf({ own, beside }: Reading, limit: Constraint | undefined): number {
  if (!limit) return 0;
  return cautiousLatency(own.latency) / (limit.limit * (beside?.latency ?? 1));
}

const fastest = (readings: readonly Reading[]): Reading =>
  readings.reduce((best, reading) => (reading.own.latency < best.own.latency ? reading : best));

const middle = (readings: readonly Reading[]): Reading =>
  readings.toSorted((a, b) => ratioOf(a) - ratioOf(b))[readings.length >> 1]!;

const ratioOf = ({ own, beside }: Reading): number => own.latency / beside!.latency;
