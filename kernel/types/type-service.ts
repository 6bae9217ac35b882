import { extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { TypesAnswer, TypesRequests, TypesWorkerData } from './types-protocol.ts';

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** The TypeScript language service, in a thread of its own. Answers come in the order of the questions. */
export class TypeService {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #failed: Error | undefined;
  /** Resolves when the compiler has loaded and answers soon. */
  readonly warm: Promise<void>;
  isWarm = false;

  constructor(workerData: TypesWorkerData) {
    // The compiler leaves garbage of four times its size behind before V8, by default, thinks of collecting it.
    setFlagsFromString('--heap-growing-percent=50');
    this.#worker = new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: 24 },
    });
    // The kernel may end while the compiler still loads.
    this.#worker.unref();
    this.warm = new Promise((resolve) => {
      this.#worker.on('message', (message: TypesAnswer | 'ready') => {
        if (message !== 'ready') return this.#settle(message);
        this.isWarm = true;
        resolve();
      });
      this.#worker.on('error', (error) => {
        this.#fail(error as Error);
        resolve();
      });
      this.#worker.on('exit', () => this.#fail(new Error('The type checker was ended')));
    });
  }

  /** Rejects if the service failed. */
  ask<K extends keyof TypesRequests>(
    type: K,
    ask: TypesRequests[K]['ask'],
  ): Promise<TypesRequests[K]['answer']> {
    if (this.#failed) return Promise.reject(this.#failed);
    this.#lastId++;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, type, ask });
    });
  }

  get alive(): boolean {
    return this.#failed === undefined;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle({ id, answer, failure }: TypesAnswer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (failure === undefined) pending?.resolve(answer);
    else pending?.reject(new Error(failure));
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#failed);
    this.#pending.clear();
  }
}
