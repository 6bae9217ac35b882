import { inspect, types } from 'node:util';
import { type Displayable, displaySymbol, type MimeBundle } from '../src/report.ts';

/**
 * A value in the representations a front end may pick from: what its `[Symbol.for('Jupyter.display')]()`
 * returns, else `text/plain` by `util.inspect`. Bytes in a bundle become base64, as Jupyter wants them.
 */
export function toMimeBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  if (!isDisplayable(value)) return { 'text/plain': inspect(value) };
  const bundle: unknown = value[displaySymbol]();
  return types.isPromise(bundle) ? bundle.then((resolved) => encode(resolved)) : encode(bundle);
}

function isDisplayable(value: unknown): value is Displayable {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && typeof (value as Partial<Displayable>)[displaySymbol] === 'function';
}

function encode(bundle: unknown): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null)
    throw new TypeError(
      `[Symbol.for('Jupyter.display')]() must return {mime: data}, was: ${inspect(bundle)}`,
    );
  return Object.fromEntries(
    Object.entries(bundle).map(([mime, data]) => [
      mime,
      data instanceof Uint8Array ? Buffer.from(data).toString('base64') : data,
    ]),
  );
}
