import { percentile } from '../../src/bench/statistics.ts';
import type { Tensor } from '../../src/ir/index.ts';
import type { Manifest } from '../deploy/slots.ts';
import { driftOf } from './drift.ts';
import { OutputWindow } from './output-statistics.ts';
import type { Latency, ModelState, OutputState } from './service-state.ts';

/** So many latencies are remembered. */
const windowSize = 1024;

/** What is counted of a deployment's requests, over models that follow each other. */
export class ModelMetrics {
  requests = 0;
  errors = 0;
  readonly #latencies: number[] = [];
  #windows = new Map<string, OutputWindow>();
  #then: Manifest['statistics'] = {};

  /** From now on outputs are those of another model. */
  begin({ statistics }: Manifest): void {
    this.#windows = new Map();
    this.#then = statistics;
  }

  answered(milliseconds: number, outputs: Readonly<Record<string, Tensor>>): void {
    this.#latencies[this.requests % windowSize] = milliseconds;
    this.requests++;
    for (const [name, tensor] of Object.entries(outputs)) {
      const window = this.#windows.get(name) ?? new OutputWindow();
      this.#windows.set(name, window);
      window.add(tensor);
    }
  }

  failed(): void {
    this.errors++;
  }

  state(): Pick<ModelState, 'requests' | 'errors' | 'latency' | 'outputs'> {
    const latency = this.#latency();
    return {
      ...{ requests: this.requests, errors: this.errors, outputs: this.#outputs() },
      ...(latency && { latency }),
    };
  }

  #latency(): Latency | undefined {
    if (this.#latencies.length === 0) return undefined;
    const sorted = Float64Array.from(this.#latencies).sort();
    const at = (share: number) => percentile(sorted, share);
    return { p50: at(50), p90: at(90), p99: at(99), max: sorted.at(-1)! };
  }

  #outputs(): Record<string, OutputState> {
    return Object.fromEntries(
      [...this.#windows].flatMap(([name, window]) => {
        const now = window.statistics();
        if (!now) return [];
        const then = this.#then?.[name];
        return [[name, { now, ...(then && { then, drift: driftOf(now, then) }) }] as const];
      }),
    );
  }
}
