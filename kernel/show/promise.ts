import type { MimeBundle } from '../../src/report.ts';
import { inspectValue } from './inspect-value.ts';

/** A promise, and what to do with one that is pending. */
export function render(promise: Promise<unknown>): MimeBundle {
  const text = inspectValue(promise);
  const hint = text.startsWith('Promise { <pending>') ? '\nTo see its value, await it.' : '';
  return { 'text/plain': text + hint };
}
