import { AsyncLocalStorage } from 'node:async_hooks';

/** Numbers the comm message that the code that runs now answers; made when the first arrives. */
let origins: AsyncLocalStorage<number> | undefined;

/** Runs `work` such that what it shows, also later, is known to come from a comm message and not from a cell. */
export function withOrigin(call: number, work: () => void): void {
  origins ??= new AsyncLocalStorage();
  origins.run(call, work);
}

/** The comm message that the code that runs now answers; undefined for a cell's code. */
export function currentOrigin(): number | undefined {
  return origins?.getStore();
}
