import type { Slot } from '../deploy/slots.ts';
import type { Drift } from './drift.ts';
import type { OutputStatistics } from './output-statistics.ts';

/** Milliseconds, over the last requests: from the whole body to the answer. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface OutputState {
  readonly now: OutputStatistics;
  /** In the health check. */
  readonly then?: OutputStatistics;
  readonly drift?: Drift;
}

/** A deployment as the service has it. */
export interface ModelState {
  readonly name: string;
  /** What is served; absent if nothing could be loaded. */
  readonly served?: {
    readonly variant: string;
    readonly sha256: string;
    readonly slot: Slot;
    /** ISO 8601. */
    readonly loaded: string;
  };
  readonly requests: number;
  readonly errors: number;
  readonly latency?: Latency;
  readonly outputs: Readonly<Record<string, OutputState>>;
  /** What could not be loaded, and why what was served before still is. */
  readonly failure?: { readonly sha256: string; readonly why: string };
}

/** What the service says of itself at `/metrics`. */
export interface ServiceState {
  readonly pid: number;
  readonly port: number;
  /** Of Edgebook. */
  readonly version: string;
  readonly uptimeSeconds: number;
  /** How often it has been started anew because it had ended. */
  readonly restarts: number;
  readonly memoryBytes: number;
  readonly models: readonly ModelState[];
}

/** Below the user's home folder. */
export const serviceFolder = '.edgebook/service';
