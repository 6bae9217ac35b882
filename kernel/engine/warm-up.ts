import { runningCells } from './running-cell.ts';
import { stripTypes } from './strip-types.ts';
import { shielded, type TerminationGuard } from './termination-guard.ts';

/** In ms: long enough for a client that sends its first cell as soon as the kernel answers. */
const delay = 250;

/**
 * Loads Node's TypeScript parser in a pause after the start. It takes longer than all else that a first cell
 * needs, and most cells hold no types.
 */
export function warmUp(guard: TerminationGuard): void {
  const timer = setTimeout(() => {
    if (runningCells().length > 0) warmUp(guard);
    else void shielded(guard, async () => stripTypes('let warm: 0'));
  }, delay);
  timer.unref();
}
