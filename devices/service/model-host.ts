import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, Slot } from '../deploy/slots.ts';
import { ModelMetrics } from './model-metrics.ts';
import { ModelThread } from './model-thread.ts';
import type { ModelState } from './service-state.ts';

/** After so long, in ms, a model that could not be loaded is tried again: memory may be free by then. */
const retryAfter = 30_000;
/** More requests than this do not wait: they are told to come again. */
export const mostWaiting = 256;

interface Wanted {
  readonly slot: Slot;
  readonly manifest: Manifest;
}

interface Served extends Wanted {
  readonly thread: ModelThread;
  readonly loaded: string;
}

/** One deployment: serves the model of the slot that `current` names, and follows it without a gap. */
export class ModelHost {
  readonly name: string;
  readonly metrics = new ModelMetrics();
  readonly #folder: string;
  #served: Served | undefined;
  #failure: { readonly sha256: string; readonly why: string; readonly until: number } | undefined;
  #following: Promise<void> | undefined;

  constructor(name: string, folder: string) {
    this.name = name;
    this.#folder = folder;
  }

  /** The model that answers now; undefined if there is none. */
  get serving(): { readonly thread: ModelThread; readonly manifest: Manifest } | undefined {
    return this.#served;
  }

  /** Loads what `current` names, if something else is served, and switches when it is loaded. Never rejects. */
  follow(): Promise<void> {
    this.#following ??= this.#follow().finally(() => {
      this.#following = undefined;
    });
    return this.#following;
  }

  state(): ModelState {
    const { slot, manifest, loaded } = this.#served ?? {};
    const failure = this.#failure && { sha256: this.#failure.sha256, why: this.#failure.why };
    return {
      name: this.name,
      ...(slot && manifest && loaded
        ? { served: { variant: manifest.name, sha256: manifest.model, slot, loaded } }
        : {}),
      ...this.metrics.state(),
      ...(failure && { failure }),
    };
  }

  close(): void {
    this.#served?.thread.close();
    this.#served = undefined;
  }

  async #follow(): Promise<void> {
    const wanted = this.#wanted();
    if (!wanted) return;
    const isServed = this.#served?.thread.alive && this.#served.manifest.model === wanted.manifest.model;
    if (isServed) {
      this.#served = { ...this.#served!, ...wanted };
      this.#failure = undefined;
      return;
    }
    const { model: sha256 } = wanted.manifest;
    if (this.#failure?.sha256 === sha256 && Date.now() < this.#failure.until) return;
    try {
      await this.#serve(wanted);
      this.#failure = undefined;
    } catch (error) {
      this.#failure = { sha256, why: (error as Error).message, until: Date.now() + retryAfter };
      if (!this.#served?.thread.alive) await this.#serveOther(wanted.slot);
    }
  }

  async #serve({ slot, manifest }: Wanted): Promise<void> {
    const path = join(this.#folder, slot, 'model.onnx');
    const thread = await ModelThread.load({ path, sha256: manifest.model });
    const before = this.#served;
    this.#served = { slot, manifest, thread, loaded: new Date().toISOString() };
    this.metrics.begin(manifest);
    before?.thread.close();
  }

  /** Better the model of before than none, after a start with a damaged one. */
  async #serveOther(damaged: Slot): Promise<void> {
    const slot = damaged === 'a' ? 'b' : 'a';
    const manifest = this.#manifest(slot);
    // Why the wanted one failed is told; this one was a try.
    if (manifest) await this.#serve({ slot, manifest }).catch(() => undefined);
  }

  #wanted(): Wanted | undefined {
    const slot = this.#read('current')?.trim();
    if (slot !== 'a' && slot !== 'b') return undefined;
    const manifest = this.#manifest(slot);
    return manifest && { slot, manifest };
  }

  #manifest(slot: Slot): Manifest | undefined {
    try {
      return JSON.parse(this.#read(`${slot}/manifest.json`) ?? '') as Manifest;
    } catch {
      return undefined;
    }
  }

  #read(file: string): string | undefined {
    try {
      return readFileSync(join(this.#folder, file), 'utf8');
    } catch {
      return undefined;
    }
  }
}
