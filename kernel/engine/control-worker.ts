import inspector from 'node:inspector';
import { Socket } from 'node:net';
import { type MessagePort, workerData } from 'node:worker_threads';
import { readFrames } from './framing.ts';
import type { InputLine } from './input.ts';
import { controlDescriptor, type Request } from './protocol.ts';
import { isShielded, patience, type TerminationGuard } from './termination-guard.ts';

/** Worker to main thread. */
export type ToMain =
  | Exclude<Request, { type: 'answer' }>
  | { readonly type: 'terminated'; readonly cell: number };
/** Main thread to worker: it has got the interrupt and ends the cell by itself. */
export interface ToWorker {
  readonly type: 'acknowledged';
  readonly cell: number;
}

/** How often terminating is tried again, in ms; the kernel kills the process if that does not help. */
const retryInterval = 50;

export interface ControlData {
  readonly guard: TerminationGuard;
  /** To the main thread, which listens when it is ready. */
  readonly main: MessagePort;
  /** To `prompt()`, which may have stopped the main thread. */
  readonly input: InputLine;
}

const { guard, main, input } = workerData as ControlData;
let acknowledged = -1;
main.on('message', (message: ToWorker) => {
  acknowledged = message.cell;
});

const control = new Socket({ fd: controlDescriptor });
readFrames<Request>(control, (request, buffers) => {
  if (request.type === 'answer') {
    passOn(request);
    return;
  }
  main.postMessage(withBuffers(request, buffers) satisfies ToMain);
  if (request.type === 'interrupt') void interrupt(request.cell);
});
// The main thread may be in a loop: a signal is all that surely ends the process when the kernel is gone.
control.on('error', () => process.kill(process.pid, 'SIGKILL'));
control.on('close', () => process.kill(process.pid, 'SIGKILL'));

function withBuffers(request: ToMain, buffers: readonly Uint8Array[]): ToMain {
  return request.type === 'comm' ? { ...request, message: { ...request.message, buffers } } : request;
}

function passOn(answer: Extract<Request, { type: 'answer' }>): void {
  input.answers.postMessage(answer);
  Atomics.add(input.answered, 0, 1);
  Atomics.notify(input.answered, 0);
}

/** Terminates the main thread's code, unless it answers the interrupt in time. */
async function interrupt(cell: number): Promise<void> {
  acknowledged = -1;
  await sleep(patience(guard));
  while (acknowledged !== cell) {
    if (!isShielded(guard)) {
      terminate();
      main.postMessage({ type: 'terminated', cell } satisfies ToMain);
    }
    await sleep(retryInterval);
  }
}

/** Connected for this moment only: Node waits for sessions when user code calls `process.exit()`. */
function terminate(): void {
  const session = new inspector.Session();
  session.connectToMainThread();
  session.post('Runtime.terminateExecution', () => session.disconnect());
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
