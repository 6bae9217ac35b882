import { randomUUID } from 'node:crypto';
import type { DisplayHandle } from '../../magics/magic.ts';
import type { MimeBundle } from '../../src/report.ts';
import { toMimeBundle } from '../display.ts';
import type { Output } from '../output.ts';
import { show } from './report.ts';

export interface DisplayOptions {
  /** Shows under this id: a later `display` with the same id replaces it. */
  readonly id?: string;
}

const shownIds = new Set<string>();
/** A cell may end with `display(x)`: that shows x, and not the handle too. */
const handles = new WeakSet<object>();
const pending = new Set<Promise<void>>();

/** Shows `value` below the cell now. The handle's `update` replaces it in place. */
export function display(value: unknown, { id }: DisplayOptions = {}): DisplayHandle {
  const displayId = id ?? randomUUID();
  const type = shownIds.has(displayId) ? 'update' : 'display';
  if (id !== undefined) shownIds.add(id);
  emit(value, (data) => ({ type, data, metadata: {}, displayId }));
  const handle: DisplayHandle = {
    update: (next) => emit(next, (data) => ({ type: 'update', data, metadata: {}, displayId })),
  };
  handles.add(handle);
  return handle;
}

/** `display`, but for what a bare magic returned: nothing is shown for undefined, and the value is passed on. */
export function showValue<T>(value: T): T {
  if (value !== undefined) emit(value, (data) => ({ type: 'display', data, metadata: {} }));
  return value;
}

/** Takes away what the cell has shown so far; with `wait`, when the next output comes. */
export function clearOutput(wait = false): void {
  show({ type: 'clear', wait });
}

/** Shows the value of a cell's last expression. */
export function showResult(value: unknown): void {
  if (handles.has(value as object)) return;
  emit(value, (data) => ({ type: 'result', data, metadata: {} }));
}

/** Settles when every value shown has sent its representation. */
export async function displaysSettled(): Promise<void> {
  while (pending.size > 0) await Promise.all(pending);
}

function emit(value: unknown, output: (data: MimeBundle) => Output): void {
  const bundle = toMimeBundle(value);
  if (!(bundle instanceof Promise)) {
    show(output(bundle));
    return;
  }
  const sent: Promise<void> = bundle
    .then((data) => show(output(data)))
    .catch((error) => console.error(error))
    .finally(() => pending.delete(sent));
  pending.add(sent);
}
