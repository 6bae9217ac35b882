import { Socket } from 'node:net';
import { type MessagePort, workerData } from 'node:worker_threads';
import { readFrames } from './framing.ts';
import type { InputLine } from './input.ts';
import { controlDescriptor, type Request } from './protocol.ts';
import { type Order, Supervisor } from './supervisor.ts';
import type { TerminationGuard } from './termination-guard.ts';

/** Worker to main thread. */
export type ToMain = Extract<Request, { type: 'execute' | 'comm' }> | Order;

export interface ControlData {
  readonly guard: TerminationGuard;
  /** To the main thread, which listens when it is ready. */
  readonly main: MessagePort;
  /** To `prompt()`, which may have stopped the main thread. */
  readonly input: InputLine;
}

const { guard, main, input } = workerData as ControlData;
const supervisor = new Supervisor(main, guard);
/** What waits while the supervisor is at work; undefined if it is not. */
let held: ToMain[] | undefined;

const control = new Socket({ fd: controlDescriptor });
readFrames<Request>(control, (request, buffers) => {
  if (request.type === 'answer') passAnswer(request);
  else if (request.type === 'interrupt') void interrupt(request.cell);
  else passOn(withBuffers(request, buffers));
});
// The main thread may be in a loop: a signal is all that surely ends the process when the kernel is gone.
control.on('error', () => process.kill(process.pid, 'SIGKILL'));
control.on('close', () => process.kill(process.pid, 'SIGKILL'));

function passOn(message: ToMain): void {
  if (held) held.push(message);
  else main.postMessage(message);
}

async function interrupt(cell: number): Promise<void> {
  if (held) return;
  held = [];
  await supervisor.interrupt(cell);
  for (const message of held) main.postMessage(message);
  held = undefined;
}

function withBuffers(request: Extract<ToMain, Request>, buffers: readonly Uint8Array[]): ToMain {
  return request.type === 'comm' ? { ...request, message: { ...request.message, buffers } } : request;
}

function passAnswer(answer: Extract<Request, { type: 'answer' }>): void {
  input.answers.postMessage(answer);
  Atomics.add(input.answered, 0, 1);
  Atomics.notify(input.answered, 0);
}
