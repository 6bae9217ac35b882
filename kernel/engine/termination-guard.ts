/** What the worker thread must know before it terminates the main thread's code; shared memory. */
export interface TerminationGuard {
  readonly memory: Int32Array<SharedArrayBuffer>;
}

const shieldIndex = 0;
const workIndex = 1;
const supervisionIndex = 2;
const cellsIndex = 3;

/** User code either answers at once or is in a loop; a magic looks at its signal between native calls. */
const patienceOfCode = 50;
const patienceOfWork = 1000;
/** While several cells run, another one may be what holds up the kernel's own work on a cell. */
const patienceOfShield = 1000;

/** Who says that a cell is over: the main thread while it is free, else both, in the order of `supervisor.ts`. */
const free = 0;
const supervised = 1;
const offered = 2;

/** A guard that shields the start of the main thread, until `startDone`. */
export function createTerminationGuard(): TerminationGuard {
  const memory = new Int32Array(new SharedArrayBuffer(16));
  memory[shieldIndex] = 1;
  return { memory };
}

export function startDone(guard: TerminationGuard): void {
  Atomics.sub(guard.memory, shieldIndex, 1);
}

/** Runs the kernel's own `work`, which is short and must not be terminated. */
export function shielded<T>(guard: TerminationGuard, work: () => Promise<T>): Promise<T> {
  return counted(guard, shieldIndex, work);
}

/** Runs `work` that looks at its AbortSignal. */
export function cooperative<T>(guard: TerminationGuard, work: () => Promise<T>): Promise<T> {
  return counted(guard, workIndex, work);
}

/** Runs user code within `cooperative` work: it is interrupted as any other user code. */
export async function uncooperative<T>({ memory }: TerminationGuard, work: () => Promise<T>): Promise<T> {
  const begun = generation;
  const count = Atomics.exchange(memory, workIndex, 0);
  try {
    return await work();
  } finally {
    if (begun === generation) Atomics.add(memory, workIndex, count);
  }
}

/** Grows with every cell: work that an interrupt has left behind must not change the counts of a later one. */
let generation = 0;

async function counted<T>({ memory }: TerminationGuard, index: number, work: () => Promise<T>): Promise<T> {
  const begun = generation;
  Atomics.add(memory, index, 1);
  try {
    return await work();
  } finally {
    if (begun === generation) Atomics.sub(memory, index, 1);
  }
}

/** To be called between cells: terminated work leaves its counts behind. */
export function resetGuard({ memory }: TerminationGuard): void {
  generation++;
  Atomics.store(memory, shieldIndex, 0);
  Atomics.store(memory, workIndex, 0);
}

/** Main thread: so many cells run. */
export function countCells({ memory }: TerminationGuard, cells: number): void {
  Atomics.store(memory, cellsIndex, cells);
}

/** Whether the main thread's code must not be terminated, of which an interrupt has seen nothing for `time` ms. */
export function isShielded({ memory }: TerminationGuard, time: number): boolean {
  if (Atomics.load(memory, shieldIndex) <= 0) return false;
  return Atomics.load(memory, cellsIndex) < 2 || time < patienceOfShield;
}

/** How long an interrupt waits for an answer before it goes one rung up the ladder, in ms. */
export function patience(guard: TerminationGuard): number {
  return Atomics.load(guard.memory, workIndex) > 0 ? patienceOfWork : patienceOfCode;
}

/** Worker: from now on no cell ends without it. */
export function supervise({ memory }: TerminationGuard): void {
  Atomics.store(memory, supervisionIndex, supervised);
}

/** Worker: the main thread may end the cell, until `withdraw`. */
export function offerRelease({ memory }: TerminationGuard): void {
  Atomics.store(memory, supervisionIndex, offered);
}

/** Worker: takes the offer back; false if the main thread has taken it. */
export function withdraw({ memory }: TerminationGuard): boolean {
  return Atomics.compareExchange(memory, supervisionIndex, offered, supervised) === offered;
}

/** Main thread: takes the worker's offer, after which nothing is terminated; false if there is none. */
export function takeRelease({ memory }: TerminationGuard): boolean {
  return Atomics.compareExchange(memory, supervisionIndex, offered, free) === offered;
}

/** Main thread: whether an interrupt is going on. */
export function isSupervised({ memory }: TerminationGuard): boolean {
  return Atomics.load(memory, supervisionIndex) !== free;
}
