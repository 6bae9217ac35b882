import type { Spawned, Transport } from '../device.ts';
import type { PowerReading, PowerSample } from './power-source.ts';
import { monitorScript, type Section, sectionsOf } from './script.ts';
import { shownFiles } from './shown-files.ts';
import { powerSources } from './sources.ts';

/** Degrees Celsius of the hottest zone at one moment. */
export interface Heat {
  /** Seconds since the device was started. */
  readonly at: number;
  readonly celsius: number;
}

/** How long NPUs have worked at one moment. */
export interface Busy {
  /** Seconds since the device was started. */
  readonly at: number;
  /** Of each, in the order of their names. */
  readonly seconds: readonly number[];
}

/** What was seen over some time. */
export interface PowerTrace {
  readonly readings: readonly PowerReading[];
  readonly heat: readonly Heat[];
  /** Empty where no NPU tells. */
  readonly npu: readonly Busy[];
}

export interface MonitorOptions {
  /** Name of the power source, as `readPower` gives it; undefined: temperatures alone. */
  readonly source: string | undefined;
  /** ms between samples. Default 250. */
  readonly interval?: number;
  /** A folder there that holds the /sys and /proc to read, instead of the device's own. */
  readonly root?: string;
}

/** Watches a device's power and temperatures by a shell of its own there, on the device's clock, until it is stopped. */
export class PowerMonitor {
  readonly #spawned: Spawned;
  readonly #reading: Promise<void>;
  readonly #source: string | undefined;
  #samples: PowerSample[] = [];
  #heat: Heat[] = [];
  #npu: Busy[] = [];
  #onSample: () => void = () => {};

  constructor(transport: Transport, { source: name, interval = 250, root = '' }: MonitorOptions) {
    this.#source = name;
    const source = powerSources.find((candidate) => candidate.name === name);
    const seconds = (interval / 1000).toString();
    const argv = ['sh', '-c', monitorScript(source), 'edgebook-monitor', root, String(interval), seconds];
    this.#spawned = transport.spawn(argv);
    this.#spawned.end();
    void drain(this.#spawned);
    this.#reading = this.#read();
  }

  /** Seconds, on the device's clock, of the last sample; undefined before the first. */
  get now(): number | undefined {
    return this.#heat.at(-1)?.at ?? this.#samples.at(-1)?.at;
  }

  /** Waits until samples span so many seconds, or the monitor has ended. Throws the signal's reason. */
  async span(seconds: number, signal?: AbortSignal): Promise<void> {
    const begin = this.#samples.length;
    for (;;) {
      signal?.throwIfAborted();
      const [first, last] = [this.#samples[begin]?.at, this.#samples.at(-1)?.at];
      if (first !== undefined && last !== undefined && last - first >= seconds) return;
      if (await this.#next(signal)) return;
    }
  }

  /** The readings and temperatures from one second to another, of all so far. A counter's reading needs a sample before. */
  trace(from = -Infinity, to = Infinity): PowerTrace {
    const within = ({ at }: { readonly at: number }): boolean => at >= from && at <= to;
    const source = powerSources.find(({ name }) => name === this.#source);
    const samples = this.#samples.filter(within);
    const [heat, npu] = [this.#heat.filter(within), this.#npu.filter(within)];
    return { readings: source?.read(samples) ?? [], heat, npu };
  }

  async stop(): Promise<void> {
    this.#spawned.kill();
    await this.#reading;
  }

  /** Waits for the next sample; true if none will come. */
  async #next(signal: AbortSignal | undefined): Promise<boolean> {
    const sampled = new Promise<boolean>((resolve) => {
      this.#onSample = () => resolve(false);
    });
    const { promise: aborted, resolve: abort } = Promise.withResolvers<boolean>();
    const onAbort = () => abort(false);
    signal?.addEventListener('abort', onAbort, { once: true });
    const ended = await Promise.race([sampled, aborted, this.#reading.then(() => true)]);
    signal?.removeEventListener('abort', onAbort);
    return ended;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of this.#spawned.stdout) {
        const { sections, rest } = sectionsOf(text + decoder.decode(chunk, { stream: true }));
        text = rest;
        for (const section of sections) this.#take(section);
        this.#onSample();
      }
    } catch {
      // The way to the device is lost: what runs there at the same time tells so.
    }
  }

  #take({ name, at, text }: Section): void {
    const numbers = () => [...shownFiles(text).values()].map(Number);
    if (name === 'celsius') {
      const hottest = Math.max(...numbers().filter((milli) => milli > -100_000)) / 1000;
      if (Number.isFinite(hottest)) this.#heat.push({ at, celsius: hottest });
    } else if (name === 'npu') {
      const micros = numbers();
      if (micros.length > 0) this.#npu.push({ at, seconds: micros.map((micro) => micro / 1e6) });
    } else this.#samples.push({ at, text });
  }
}

/** Nobody reads what a missing file makes the shell say. */
async function drain({ stderr, exit }: Spawned): Promise<void> {
  exit.catch(() => {});
  try {
    for await (const _ of stderr);
  } catch {
    // As above.
  }
}
