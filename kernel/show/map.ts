import type { MimeBundle } from '../../src/report.ts';
import { inspectValue } from './inspect-value.ts';
import { showTable } from './table.ts';

/** A map's entries as a table; as text, what `inspect` says, which is the code for it. */
export function render(map: ReadonlyMap<unknown, unknown>): MimeBundle {
  const { 'text/html': html } = showTable({ unit: 'entry', count: map.size, records: entries(map) });
  return { 'text/plain': inspectValue(map), 'text/html': html };
}

function* entries(map: ReadonlyMap<unknown, unknown>): Generator<Record<string, unknown>> {
  for (const [key, value] of map) yield { key, value };
}
