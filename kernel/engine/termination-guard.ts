/** What the worker thread must know before it terminates the main thread's code; shared memory. */
export interface TerminationGuard {
  readonly memory: Int32Array<SharedArrayBuffer>;
}

const shieldIndex = 0;
const workIndex = 1;

/** User code either answers at once or is in a loop; a magic looks at its signal between native calls. */
const patienceOfCode = 50;
const patienceOfWork = 1000;

/** A guard that shields the start of the main thread, until `startDone`. */
export function createTerminationGuard(): TerminationGuard {
  const memory = new Int32Array(new SharedArrayBuffer(8));
  memory[shieldIndex] = 1;
  return { memory };
}

export function startDone(guard: TerminationGuard): void {
  Atomics.sub(guard.memory, shieldIndex, 1);
}

/** Runs the kernel's own `work`, which is short and must not be terminated. */
export async function shielded<T>(guard: TerminationGuard, work: () => Promise<T>): Promise<T> {
  Atomics.add(guard.memory, shieldIndex, 1);
  try {
    return await work();
  } finally {
    Atomics.sub(guard.memory, shieldIndex, 1);
  }
}

/** Runs `work` that looks at its AbortSignal. */
export async function cooperative<T>(guard: TerminationGuard, work: () => Promise<T>): Promise<T> {
  Atomics.add(guard.memory, workIndex, 1);
  try {
    return await work();
  } finally {
    Atomics.sub(guard.memory, workIndex, 1);
  }
}

/** Runs user code within `cooperative` work: it is interrupted as any other user code. */
export async function uncooperative<T>(guard: TerminationGuard, work: () => Promise<T>): Promise<T> {
  const count = Atomics.exchange(guard.memory, workIndex, 0);
  try {
    return await work();
  } finally {
    Atomics.add(guard.memory, workIndex, count);
  }
}

/** To be called between cells: terminated work leaves its count behind. */
export function resetGuard(guard: TerminationGuard): void {
  Atomics.store(guard.memory, workIndex, 0);
}

export function isShielded(guard: TerminationGuard): boolean {
  return Atomics.load(guard.memory, shieldIndex) > 0;
}

/** How long an interrupt waits for an answer before it goes one rung up the ladder, in ms. */
export function patience(guard: TerminationGuard): number {
  return Atomics.load(guard.memory, workIndex) > 0 ? patienceOfWork : patienceOfCode;
}
