import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ModelError } from '../../src/errors.ts';
import type { Tensor } from '../../src/ir/index.ts';
import type { Feeds, Port } from '../../src/runtime/index.ts';
import type { FromWorker, ToWorker, WorkerModel } from './model-worker.ts';
import { fromWire, toWire } from './wire-tensor.ts';

interface Waiting {
  resolve(outputs: Record<string, Tensor>): void;
  reject(error: Error): void;
}

/** A loaded model in a thread of its own. */
export class ModelThread {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #isClosing = false;
  #end: Error | undefined;

  private constructor(worker: Worker, ready: Extract<FromWorker, { type: 'ready' }>) {
    this.inputs = ready.inputs;
    this.outputs = ready.outputs;
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => this.#settle(message));
    worker.on('error', (error: Error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new ModelError('The thread of the model has ended')));
  }

  /** Loads a file. Throws ModelError if it has another sha256 or onnxruntime refuses it. */
  static async load(model: WorkerModel): Promise<ModelThread> {
    const worker = new Worker(new URL(`./model-worker${extname(import.meta.url)}`, import.meta.url), {
      workerData: model,
    });
    try {
      const first = await new Promise<FromWorker>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', (code) => reject(new Error(`its thread ended with code ${code}`)));
      });
      if (first.type === 'ready') return new ModelThread(worker, first);
      throw new Error(first.type === 'refused' ? first.why : `it said ${first.type} first`);
    } catch (cause) {
      await worker.terminate();
      throw new ModelError((cause as Error).message, { cause });
    }
  }

  /** Whether it can run. */
  get alive(): boolean {
    return !this.#isClosing && this.#end === undefined;
  }

  /** Runs that are not done. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** Runs the model after those that were asked for before. Throws ModelError. */
  run(feeds: Feeds): Promise<Record<string, Tensor>> {
    if (this.#end) return Promise.reject(this.#end);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, feeds: toWire(feeds) });
    });
  }

  /** Lets it go when all is done that was asked for. */
  close(): void {
    if (!this.alive) return;
    this.#isClosing = true;
    this.#send('close');
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #settle(message: FromWorker): void {
    if (message.type !== 'done' && message.type !== 'failed') return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'done') waiting?.resolve(fromWire(message.outputs));
    else waiting?.reject(new ModelError(message.why));
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }
}
