import type { MimeBundle } from '../../src/report.ts';
import { errorOutput } from '../engine/traceback.ts';
import { withoutColors } from '../without-colors.ts';

/** An error as a value: what its traceback would show. */
export function render(error: Error): MimeBundle {
  return { 'text/plain': withoutColors(errorOutput(error).traceback.join('\n')) };
}
