import type { DisplayHandle } from '../../magics/magic.ts';
import type { MimeBundle } from '../../src/report.ts';
import { encodeBundle, toMimeBundle } from '../display.ts';
import type { Output } from '../output.ts';
import { PerCell } from './per-cell.ts';
import { show } from './report.ts';

export interface DisplayOptions {
  /** Shows under this id: a later `display` with the same id replaces it. */
  readonly id?: string;
  /** The value is `{mime: data}` and shown as it is; bytes become base64. */
  readonly raw?: boolean;
  /** For the front end, as Jupyter defines it: `{'image/png': {width: 200}}`. */
  readonly metadata?: Record<string, unknown>;
}

/** Something shown, which `update` replaces in place. */
export interface Display extends DisplayHandle {
  readonly id: string;
  update(value: unknown, options?: Omit<DisplayOptions, 'id'>): void;
}

const shownIds = new Set<string>();
/** A cell may end with `display(x)`: that shows x, and not the handle too. */
const handles = new WeakSet<object>();

/** Shows `value` below the cell now. The handle's `update` replaces it in place. */
export function display(value: unknown, { id, ...options }: DisplayOptions = {}): Display {
  const displayId = id ?? crypto.randomUUID();
  const type = shownIds.has(displayId) ? 'update' : 'display';
  if (id !== undefined) shownIds.add(id);
  emit(represent(value, options), (data) => ({ type, data, metadata: options.metadata ?? {}, displayId }));
  const handle: Display = {
    id: displayId,
    update: (next, { raw, metadata = options.metadata ?? {} } = {}) =>
      emit(represent(next, { raw }), (data) => ({ type: 'update', data, metadata, displayId })),
  };
  handles.add(handle);
  return handle;
}

/** `display`, but for what a bare magic returned: nothing is shown for undefined, and the value is passed on. */
export function showValue<T>(value: T): T {
  if (value !== undefined) emit(toMimeBundle(value), (data) => ({ type: 'display', data, metadata: {} }));
  return value;
}

/** Takes away what the cell has shown so far; with `wait`, when the next output comes. */
export function clearOutput(wait = false): void {
  show({ type: 'clear', wait });
}

/** Shows `value` in the front end's pager, if it has one; a string as it is. */
export function showPage(value: unknown): void {
  if (typeof value === 'string') show({ type: 'page', data: { 'text/plain': value } });
  else emit(toMimeBundle(value), (data) => ({ type: 'page', data }));
}

/** Shows the value of a cell's last expression. */
export function showResult(value: unknown): void {
  if (handles.has(value as object)) return;
  emit(toMimeBundle(value), (data) => ({ type: 'result', data, metadata: {} }));
}

/** Settles when every value shown has sent its representation. */
export async function displaysSettled(): Promise<void> {
  while (pending.value) await pending.value;
}

function represent(value: unknown, { raw }: { raw?: boolean | undefined }): MimeBundle | Promise<MimeBundle> {
  return raw ? encodeBundle(value, 'A value shown with {raw: true}') : toMimeBundle(value);
}

/** The last of the cell's values whose representation is not there yet. */
const pending = new PerCell<Promise<void>>();

/** Values appear in the order in which they were shown, also if one needs time to represent itself. */
function emit(bundle: MimeBundle | Promise<MimeBundle>, output: (data: MimeBundle) => Output): void {
  if (!pending.value && !(bundle instanceof Promise)) {
    show(output(bundle));
    return;
  }
  const before = pending.value;
  const sent = Promise.allSettled([bundle, before])
    .then(([data]) => {
      if (data.status === 'rejected') throw data.reason;
      show(output(data.value));
    })
    .catch((error) => console.error(error))
    .finally(() => {
      if (pending.value === sent) pending.value = undefined;
    });
  pending.value = sent;
}
