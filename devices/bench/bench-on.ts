import { BenchReport, type BenchResult, type Surroundings } from '../../src/bench/index.ts';
import { coverageText, type DevicePower, PowerMonitor, readPower } from '../power/index.ts';
import { type Facts, probe } from '../probe/index.ts';
import { emulated } from './emulated.ts';
import { lookingOf, type Measured, type RuntimeWish, runtimeJob } from './runtime-job.ts';
import { hottest, meanPower, meanUse, npuUse } from './trace-figures.ts';

export interface BenchOnOptions extends RuntimeWish {
  /** Seconds of rest before the load, for the idle power. Default 2. */
  readonly rest?: number;
  /** ms between power samples. Default 250. */
  readonly interval?: number;
  /** Sees the monitor while it runs: a soak reads it when it is interrupted. */
  readonly onMonitor?: (monitor: PowerMonitor, power: DevicePower) => void;
}

/** A measurement is no shorter than this where power is measured too, in ms: a mean of a few samples says little. */
const powerTime = 3000;

/**
 * Measures a model on a device: what `bench` measures here, done there in one go, and with it power before and during the
 * runs, temperature and what holds the device back. Throws DeviceError, ModelError, UsageError, and the signal's reason.
 */
export async function benchOn(device: Measured, job: BenchOnOptions): Promise<BenchReport> {
  const ready = await runtimeJob(device, job);
  const { transport, facts } = ready;
  const { signal } = job.watch;
  const looking = lookingOf(job);
  const power = await readPower(transport, looking);
  const monitor = new PowerMonitor(transport, { source: power.source, ...job });
  job.onMonitor?.(monitor, power);
  try {
    const idle = await idlePower(monitor, power, job);
    const minTime = job.options.minTime ?? (power.source ? powerTime : undefined);
    const options = { ...job.options, ...(minTime !== undefined && { minTime }) };
    const result = await job.runtime.bench({ ...ready, options });
    // A sample after the end, so that a counter covers it whole.
    if (power.source) await monitor.span(0, signal);
    const after = (await probe(transport, looking)).facts;
    const seen = surroundingsOf({ result, monitor, power, idle, before: facts, after });
    const { caveat } = job.runtime;
    const surroundings = { ...seen, warnings: [...(caveat ? [caveat] : []), ...seen.warnings] };
    return new BenchReport({ ...marked(result, emulated(facts, device.url)), surroundings });
  } finally {
    await monitor.stop();
  }
}

/** Figures of an emulated device carry the mark wherever they go. */
export const marked = (result: BenchResult, sign: string | undefined): BenchResult =>
  sign === undefined
    ? result
    : { ...result, conditions: { ...result.conditions, kind: 'emulated', emulatedBy: sign } };

async function idlePower(
  monitor: PowerMonitor,
  { source }: DevicePower,
  { rest = 2, watch: { signal } }: BenchOnOptions,
): Promise<number | undefined> {
  if (!source) return undefined;
  await monitor.span(rest, signal);
  return meanPower(monitor.trace().readings);
}

interface Seen {
  readonly result: BenchResult;
  readonly monitor: PowerMonitor;
  readonly power: DevicePower;
  readonly idle: number | undefined;
  readonly before: Facts;
  readonly after: Facts;
}

function surroundingsOf({ result: { span }, monitor, power, idle, before, after }: Seen): Surroundings {
  const { readings, npu } = span ? monitor.trace(span.from, span.to) : { readings: [], npu: [] };
  const loaded = meanPower(readings);
  const uses = { gpuUse: meanUse(readings), npuUse: npuUse(npu) };
  const { source } = power;
  const [first] = readings;
  const now = after.throttling?.now ?? [];
  const since = (after.throttling?.since ?? []).filter((flag) => !before.throttling?.since.includes(flag));
  const held = [...now, ...since.map((flag) => `${flag} in between`)].join(', ');
  const celsius = { celsiusBefore: hottest(before), celsiusAfter: hottest(after) };
  return {
    ...(first &&
      source &&
      loaded !== undefined && {
        power: {
          ...{ idle, loaded, covers: coverageText(first, source) },
          ...(first.estimate !== undefined && { estimate: first.estimate }),
        },
      }),
    ...Object.fromEntries(Object.entries({ ...uses, ...celsius }).filter(([, value]) => value !== undefined)),
    ...(held && { held }),
    warnings: [
      ...(source ? [] : [`power: ${power.none}`]),
      ...(source && loaded === undefined
        ? ['power: too few samples while the model ran: measure longer']
        : []),
      ...(first?.warning ? [`power: ${first.warning}`] : []),
      ...(first?.estimate ? [`power is an estimate: ${first.estimate}`] : []),
    ],
  };
}
