import { inspect, types } from 'node:util';
import { type Displayable, displaySymbol, type MimeBundle } from '../src/report.ts';
import { inspectValue } from './show/inspect-value.ts';
import { rendererOf } from './show/renderers.ts';

/**
 * A value in the representations a front end may pick from: what its `[Symbol.for('Jupyter.display')]()`
 * returns, else what the table of renderers has for its kind, else `text/plain` as `util.inspect` has it,
 * cut where it would be long. Bytes in a bundle become base64, as Jupyter wants them.
 */
export function toMimeBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (!isObject) return { 'text/plain': inspectValue(value) };
  if (isDisplayable(value)) return ownBundle(value);
  const render = rendererOf(value);
  return render ? mapBundle(render(value), encode) : { 'text/plain': inspectValue(value) };
}

/** A bundle whose bytes are base64; `origin` names what made it, for the error if it is none. */
export function encodeBundle(bundle: unknown, origin: string): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null)
    throw new TypeError(`${origin} must be {mime: data}, was: ${inspect(bundle)}`);
  return encode(bundle as MimeBundle);
}

/** Bytes as base64, all else as it is. */
export function bytesToBase64(data: unknown): unknown {
  if (!(data instanceof Uint8Array)) return data;
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
}

/** A proxy may answer to every name: it shows itself only if it says that it has the symbol. */
function isDisplayable(value: object): value is Displayable {
  if (!types.isProxy(value)) return typeof (value as Partial<Displayable>)[displaySymbol] === 'function';
  try {
    return displaySymbol in value && typeof (value as Partial<Displayable>)[displaySymbol] === 'function';
  } catch {
    return false;
  }
}

function ownBundle(value: Displayable): MimeBundle | Promise<MimeBundle> {
  return mapBundle(value[displaySymbol](), (bundle) =>
    encodeBundle(bundle, "What [Symbol.for('Jupyter.display')]() returns"),
  );
}

function mapBundle(
  bundle: MimeBundle | Promise<MimeBundle>,
  map: (bundle: MimeBundle) => MimeBundle,
): MimeBundle | Promise<MimeBundle> {
  return types.isPromise(bundle) ? bundle.then(map) : map(bundle as MimeBundle);
}

function encode(bundle: MimeBundle): MimeBundle {
  return Object.fromEntries(Object.entries(bundle).map(([mime, data]) => [mime, bytesToBase64(data)]));
}
