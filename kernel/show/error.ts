import { stripVTControlCharacters } from 'node:util';
import type { MimeBundle } from '../../src/report.ts';
import { errorOutput } from '../engine/traceback.ts';

/** An error as a value: what its traceback would show. */
export function render(error: Error): MimeBundle {
  return { 'text/plain': stripVTControlCharacters(errorOutput(error).traceback.join('\n')) };
}
