import { promisify } from 'node:util';
import { guarded, Terminated } from './evaluate.ts';

/**
 * `setImmediate` for user code. Terminating a loop inside an immediate's callback would leave Node's list of
 * immediates broken for good; the guard confines the termination to the callback.
 */
export function guardedImmediate(): typeof setImmediate {
  const native = globalThis.setImmediate;
  const replacement = (callback: (...values: unknown[]) => void, ...values: unknown[]) =>
    native(() => {
      try {
        guarded(() => callback(...values));
      } catch (error) {
        if (!(error instanceof Terminated)) throw error;
      }
    });
  const custom = { [promisify.custom]: promisify(native) };
  return Object.assign(replacement, custom) as unknown as typeof setImmediate;
}
