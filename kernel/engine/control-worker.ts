import { Socket } from 'node:net';
import { type MessagePort, workerData } from 'node:worker_threads';
import { readFrames } from './framing.ts';
import type { InputLine } from './input.ts';
import { controlDescriptor, type Request } from './protocol.ts';
import { type Order, Supervisor } from './supervisor.ts';
import type { TerminationGuard } from './termination-guard.ts';

/** Worker to main thread. */
export type ToMain = Work | Order;

type Work = Extract<Request, { type: 'execute' | 'comm' }>;

type Interrupt = Extract<Request, { type: 'interrupt' }>;

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
let held: (Work | Interrupt)[] | undefined;

const control = new Socket({ fd: controlDescriptor });
readFrames<Request>(control, (request, buffers) => {
  if (request.type === 'answer') passAnswer(request);
  else if (request.type === 'interrupt') void interrupt(request);
  else passOn(withBuffers(request, buffers));
});
// The main thread may be in a loop: a signal is all that surely ends the process when the kernel is gone.
control.on('error', () => process.kill(process.pid, 'SIGKILL'));
control.on('close', () => process.kill(process.pid, 'SIGKILL'));

function passOn(message: Work): void {
  if (held) {
    held.push(message);
    return;
  }
  if (message.type === 'execute') supervisor.cellBegins();
  main.postMessage(message);
}

async function interrupt(request: Interrupt): Promise<void> {
  if (held) {
    // It is for what waits here: that begins, and is interrupted in turn.
    if (held.length > 0) held.push(request);
    return;
  }
  held = [];
  await supervisor.interrupt(request);
  const waiting = held;
  held = undefined;
  for (const message of waiting)
    if (message.type === 'interrupt') void interrupt(message);
    else passOn(message);
}

function withBuffers(request: Work, buffers: readonly Uint8Array[]): Work {
  return request.type === 'comm' ? { ...request, message: { ...request.message, buffers } } : request;
}

function passAnswer(answer: Extract<Request, { type: 'answer' }>): void {
  input.answers.postMessage(answer);
  Atomics.add(input.answered, 0, 1);
  Atomics.notify(input.answered, 0);
}
