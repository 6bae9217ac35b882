import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { types } from 'node:util';
import type { MimeBundle } from '../../src/report.ts';

export type Render = (value: never) => MimeBundle | Promise<MimeBundle>;

interface Renderer {
  /** Cheap: it is asked for every value. */
  readonly fits: (value: object) => boolean;
  /** The module in this folder that exports `render`; it is loaded when the first such value is shown. */
  readonly module: string;
}

/** How values are shown that do not show themselves; the first that fits decides. */
const renderers: readonly Renderer[] = [
  { fits: (value) => typeof value === 'function', module: 'function' },
  { fits: (value) => Array.isArray(value) && isRows(value), module: 'rows' },
  { fits: (value) => value instanceof Uint8Array && startsLikeFile(value), module: 'file-bytes' },
  { fits: isNumbers, module: 'typed-array' },
  { fits: (value) => value instanceof Map && value.size > 1, module: 'map' },
  { fits: (value) => types.isNativeError(value) || value instanceof Error, module: 'error' },
  { fits: (value) => types.isPromise(value), module: 'promise' },
  { fits: (value) => '$$typeof' in value && isReactElement(value), module: 'react-element' },
  { fits: (value) => isOwn(value, 'Tensor', ['dtype', 'shape', 'bytes']), module: 'tensor' },
  { fits: (value) => isOwn(value, 'Model', ['graph', 'opsets']), module: 'model' },
  { fits: (value) => isOwn(value, 'Graph', ['nodes', 'initializers']), module: 'graph' },
  { fits: (value) => Symbol.asyncIterator in value, module: 'async-iterable' },
];

/** The renderer for the kind of `value`, if it has one. */
export function rendererOf(value: object): ((value: object) => MimeBundle | Promise<MimeBundle>) | undefined {
  if (types.isProxy(value)) return undefined;
  const found = renderers.find(({ fits }) => fits(value));
  return found && (load(found.module) as (value: object) => MimeBundle);
}

const require = createRequire(import.meta.url);

/** Synchronously: what a cell shows must be out before its next statement runs. */
function load(module: string): Render {
  return (require(`./${module}${extname(import.meta.url)}`) as { render: Render }).render;
}

/** At least two records with fields that are mostly plain values. Looks at the first hundred. */
function isRows(list: readonly unknown[]): boolean {
  if (list.length < 2) return false;
  const sample = list.slice(0, 100);
  if (!sample.every(isRecord)) return false;
  const fields = new Set(sample.flatMap((row) => Object.keys(row)));
  if (fields.size === 0 || fields.size > 30) return false;
  const descriptors = sample.flatMap((row) => Object.values(Object.getOwnPropertyDescriptors(row)));
  return descriptors.filter(({ value }) => isNested(value)).length * 2 <= descriptors.length;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || '$$typeof' in value)
    return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const isNested = (value: unknown): boolean =>
  typeof value === 'function' || (typeof value === 'object' && value !== null && !(value instanceof Date));

/** Longer than what `inspect` shows in a line or two. */
function isNumbers(value: object): boolean {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && (value as Uint8Array).length > 16;
}

/** The magic numbers of the files that front ends can show. */
function startsLikeFile(bytes: Uint8Array): boolean {
  const first = bytes[0];
  return bytes.length > 16 && [0x89, 0xff, 0x47, 0x52, 0x25, 0x3c, 0xef].includes(first!) && isFile(bytes);
}

function isFile(bytes: Uint8Array): boolean {
  const { mimeOf } = require(`./file-bytes${extname(import.meta.url)}`) as typeof import('./file-bytes.ts');
  return mimeOf(bytes) !== undefined;
}

function isReactElement(value: object): boolean {
  const kind = (value as { $$typeof?: unknown }).$$typeof;
  return kind === Symbol.for('react.transitional.element') || kind === Symbol.for('react.element');
}

/** By name and shape, so that the library is not loaded to look. */
function isOwn(value: object, name: string, fields: readonly string[]): boolean {
  return value.constructor?.name === name && fields.every((field) => field in value);
}
