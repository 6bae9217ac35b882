import { UsageError } from '../../src/errors.ts';
import { clearOutput, type Display, type DisplayOptions, display } from './show-value.ts';

/** What `display.png(bytes)` and its like show; text types take strings, others bytes or base64. */
const mimes = {
  html: 'text/html',
  markdown: 'text/markdown',
  latex: 'text/latex',
  javascript: 'text/javascript',
  text: 'text/plain',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
} as const;

type Show = (data: string | Uint8Array, options?: Pick<DisplayOptions, 'id' | 'metadata'>) => Display;

const helpers = Object.fromEntries(
  Object.entries(mimes).map(([name, mime]): [string, Show] => [
    name,
    (data, options) => {
      if (typeof data !== 'string' && !(data instanceof Uint8Array))
        throw new UsageError(`display.${name} takes a string or a Uint8Array, was: ${typeof data}`);
      return display({ [mime]: data }, { ...options, raw: true });
    },
  ]),
) as Record<keyof typeof mimes, Show>;

/** Shows data as a tree that can be folded, where the front end has one. */
function json(data: unknown, options?: Pick<DisplayOptions, 'id' | 'metadata'>): Display {
  const text = JSON.stringify(data, undefined, 2);
  if (text === undefined) throw new UsageError(`display.json takes what JSON can hold, was: ${typeof data}`);
  return display({ 'application/json': JSON.parse(text), 'text/plain': text }, { ...options, raw: true });
}

/** The `display` of cells: `display(value)`, `display.html('<b>x</b>')`, `display.clear()`. */
export const displayFunction = Object.assign(display, helpers, { json, clear: clearOutput });
