import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, type Port } from '../../src/runtime/index.ts';
import { fromWire, toWire, type WireTensors } from './wire-tensor.ts';

// A thread that has one model: while it loads or runs, the service answers, and another model can take over.

export interface WorkerModel {
  readonly path: string;
  /** Of the file, which was checked when it was sent: a disk can have changed it since. */
  readonly sha256: string;
}

export type ToWorker = { readonly id: number; readonly feeds: WireTensors } | 'close';

export type FromWorker =
  | { readonly type: 'ready'; readonly inputs: readonly Port[]; readonly outputs: readonly Port[] }
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'done'; readonly id: number; readonly outputs: WireTensors }
  | { readonly type: 'failed'; readonly id: number; readonly why: string };

const port = parentPort!;
const say = (message: FromWorker): void => port.postMessage(message);

async function load({ path, sha256 }: WorkerModel): Promise<InferenceSession> {
  const bytes = readFileSync(path);
  const is = createHash('sha256').update(bytes).digest('hex');
  if (is !== sha256) throw new Error(`its file has sha256 ${is}, must have ${sha256}: the disk is damaged`);
  return InferenceSession.create(bytes);
}

async function answer(session: InferenceSession, message: ToWorker): Promise<void> {
  if (message === 'close') {
    await session.release();
    port.close();
    return;
  }
  const { id, feeds } = message;
  try {
    say({ type: 'done', id, outputs: toWire(await session.run(fromWire(feeds))) });
  } catch (error) {
    say({ type: 'failed', id, why: (error as Error).message });
  }
}

try {
  const session = await load(workerData as WorkerModel);
  let last = Promise.resolve();
  // One after the other: onnxruntime has all cores for each.
  port.on('message', (message: ToWorker) => {
    last = last.then(() => answer(session, message));
  });
  say({ type: 'ready', inputs: session.inputs, outputs: session.outputs });
} catch (error) {
  say({ type: 'refused', why: (error as Error).message });
}
