import type { MimeBundle } from '../../src/report.ts';
import { inspectValue } from './inspect-value.ts';

/** What yields its items later, and how to see them. */
export function render(iterable: AsyncIterable<unknown>): MimeBundle {
  const hint = 'To see its items: for await (const item of ...) console.log(item)';
  return { 'text/plain': `${inspectValue(iterable)}\n${hint}` };
}
