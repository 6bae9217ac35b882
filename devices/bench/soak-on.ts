import {
  BenchReport,
  type BenchResult,
  type RunnerBegun,
  SoakReport,
  type SoakWindow,
  soakPlan,
} from '../../src/bench/index.ts';
import { coverageText, type DevicePower, type PowerMonitor } from '../power/index.ts';
import { type BenchOnOptions, benchOn } from './bench-on.ts';
import type { Measured } from './runtime-job.ts';
import { meanPower } from './trace-figures.ts';

export interface SoakOnOptions extends Omit<BenchOnOptions, 'onMonitor'> {
  /** The model's name. */
  readonly name: string;
  /** ms. */
  readonly duration: number;
  /** Bytes of the model. */
  readonly size: number;
  /** Told what is known after each part, at most once a second. */
  readonly onReport?: (report: SoakReport) => void;
}

export interface Soaked {
  readonly report: SoakReport;
  /** The figures of the last part, for the ledger; undefined of an interrupted soak whose start was not told. */
  readonly measured: BenchReport | undefined;
  /** What interrupted it. */
  readonly interrupted: unknown;
}

/**
 * Runs a model on a device for a given time. An interrupt ends it, and what was measured until then is kept: only if that
 * is nothing, the signal's reason is thrown. Throws DeviceError, ModelError, UsageError.
 */
export async function soakOn(device: Measured, job: SoakOnOptions): Promise<Soaked> {
  const soak = soakPlan(job.duration);
  const windows: SoakWindow[] = [];
  let begun: RunnerBegun | undefined;
  let seen: { readonly monitor: PowerMonitor; readonly power: DevicePower } | undefined;
  let [measured, interrupted]: [BenchReport | undefined, unknown] = [undefined, undefined];
  const reportNow = (warnings: readonly string[] = []) =>
    soakReport(device.name, job, { windows, seen, warnings, edge: (soak.edge * soak.window) / 1000 });
  const tellNow = atMostEach(1000, () => job.onReport?.(reportNow()));
  try {
    const running = benchOn(device, {
      ...job,
      options: { ...job.options, soak },
      interval: job.interval ?? Math.min(1000, Math.max(soak.window / 4, 50)),
      onMonitor: (monitor, power) => {
        seen = { monitor, power };
      },
      watch: {
        ...job.watch,
        onBegun: (told) => {
          begun = told;
        },
        onWindow: (window) => {
          windows.push(window);
          const message = `s, p50 ${window.latency.p50.toPrecision(3)} ms`;
          job.watch.onProgress?.({ done: Math.round(window.to), total: job.duration / 1000, message });
          tellNow();
        },
      },
    });
    // Who interrupts waits for what is known, not for the end of what runs there.
    measured = await orAborted(running, job.watch.signal);
  } catch (error) {
    if (windows.length === 0 || !job.watch.signal?.aborted) throw error;
    interrupted = error;
  }
  measured = withSoak(measured ?? partly(device.name, job, begun && { begun, windows }), windows);
  return { report: reportNow(measured?.warnings), measured, interrupted };
}

interface Known {
  readonly windows: readonly SoakWindow[];
  readonly seen: { readonly monitor: PowerMonitor; readonly power: DevicePower } | undefined;
  /** Seconds of the parts at both ends. */
  readonly edge: number;
  readonly warnings: readonly string[];
}

function soakReport(
  device: string,
  { name, duration }: SoakOnOptions,
  { windows, seen, edge, warnings }: Known,
): SoakReport {
  const trace = traceOf(windows, seen);
  return new SoakReport({
    ...{ name, device, edge, asked: duration / 1000, warnings },
    windows: [...windows],
    ...trace,
  });
}

/** Calls it, unless it was called less than so many ms ago. */
function atMostEach(ms: number, call: () => void): () => void {
  let last = -Infinity;
  return () => {
    if (performance.now() - last < ms) return;
    last = performance.now();
    call();
  };
}

/** What the work gives, or the signal's reason at once. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

/** The ledger is told that the figures are those at the end of a soak. */
function withSoak(report: BenchReport | undefined, windows: readonly SoakWindow[]): BenchReport | undefined {
  if (!report) return undefined;
  const { conditions, surroundings, ...result } = report;
  return new BenchReport({
    ...result,
    ...(surroundings && { surroundings }),
    conditions: { ...conditions, soak: `${Number(windows.at(-1)!.to.toPrecision(3))} s` },
  });
}

/** What is known of a soak that was interrupted. */
function partly(
  device: string,
  { options, size }: SoakOnOptions,
  told: { readonly begun: RunnerBegun; readonly windows: readonly SoakWindow[] } | undefined,
): BenchReport | undefined {
  if (!told) return undefined;
  const { batch, warmup, peakMemory, memoryRise, onnxruntime } = told.begun;
  const { edge, cpuUse } = told.windows.at(-1)!;
  const { parameters, macs, threads } = options;
  const result: BenchResult = {
    ...{ device, batch, latency: edge, size, parameters, macs, peakMemory, memoryRise, cpuUse },
    overhead: undefined,
    at: new Date().toISOString(),
    conditions: {
      ...{ runs: edge.count, warmup, runtime: `onnxruntime ${onnxruntime}` },
      ...(threads !== undefined && { threads }),
    },
  };
  return new BenchReport(result);
}

/** Power and temperature on the clock of the soak. */
function traceOf(
  windows: readonly SoakWindow[],
  seen: { readonly monitor: PowerMonitor; readonly power: DevicePower } | undefined,
) {
  const { at, to } = windows.at(-1)!;
  if (!seen || at === undefined) return { power: [], celsius: [] };
  const begin = at - to;
  const { readings, heat } = seen.monitor.trace(begin, at);
  const [first] = readings;
  const { source } = seen.power;
  const known = meanPower(readings) !== undefined && source !== undefined && first;
  return {
    power: readings.map(({ at, watts }) => ({ at: at - begin, value: watts })),
    celsius: heat.map(({ at, celsius }) => ({ at: at - begin, value: celsius })),
    ...(known && { covers: coverageText(first, source) }),
  };
}
