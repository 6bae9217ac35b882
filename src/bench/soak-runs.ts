import { type Summary, summarize } from './statistics.ts';
import { uptime } from './uptime.ts';

/** How long to go on, in ms. */
export interface SoakPlan {
  readonly duration: number;
  /** One point of the curve. */
  readonly window: number;
  /** What is compared at the beginning and the end: the last so many windows. */
  readonly edge: number;
}

/** A part of a soak. */
export interface SoakWindow {
  /** Seconds since the measured runs began. */
  readonly from: number;
  readonly to: number;
  /** Its end in seconds since the machine was started; undefined where the machine does not tell. */
  readonly at: number | undefined;
  /** ms of the runs that ended in it. */
  readonly latency: Summary;
  /** ms of the runs of the windows up to this one that make an edge together. */
  readonly edge: Summary;
  /** Cores kept busy. */
  readonly cpuUse: number;
}

/** A minute is compared with a minute, or a third of a shorter soak with a third; a point is a sixtieth, at most 30 s. */
export function soakPlan(duration: number): SoakPlan {
  const window = Math.min(duration / 60, 30_000);
  return { duration, window, edge: Math.max(1, Math.round(Math.min(60_000, duration / 3) / window)) };
}

/** Calls `run` again and again until the time is over, telling each window; gives the ms of the runs of the last edge. */
export async function soakRuns(
  run: () => Promise<unknown>,
  { duration, window, edge }: SoakPlan,
  onWindow: (window: SoakWindow) => void,
): Promise<Float64Array> {
  const begin = performance.now();
  const last: Float64Array[] = [];
  for (let from = 0; from < duration; ) {
    const cpu = process.cpuUsage();
    const latencies: number[] = [];
    let now = performance.now();
    const start = now;
    do {
      const before = performance.now();
      await run();
      now = performance.now();
      latencies.push(now - before);
    } while (now - begin < Math.min(from + window, duration));
    const { user, system } = process.cpuUsage(cpu);
    last.push(Float64Array.from(latencies));
    if (last.length > edge) last.shift();
    onWindow({
      from: from / 1000,
      to: (now - begin) / 1000,
      at: uptime(),
      latency: summarize(latencies),
      edge: summarize(joined(last)),
      cpuUse: (user + system) / 1000 / (now - start),
    });
    from = now - begin;
  }
  return joined(last);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
