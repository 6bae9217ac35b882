import { inspect, types } from 'node:util';
import { type Displayable, displaySymbol } from '../src/report.ts';

/** Longest text of a value in a table. */
const width = 60;
/** Longest text of a value in its help. */
const helpLength = 2000;

/** What kind of thing a value is: `number`, `Float32Array(784)`, `Variant`, `class Model`, `async function`. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'function') return functionKind(value);
  if (typeof value !== 'object') return typeof value;
  const name = value.constructor?.name || (Object.getPrototypeOf(value) === null ? 'object' : 'Object');
  const { size, length } = value as { size?: unknown; length?: unknown };
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `${name}(${length ?? 0})`;
  return value instanceof Map || value instanceof Set ? `${name}(${size})` : name;
}

/** One short line about a value. What cannot be looked at says why. */
export function shortValue(value: unknown): string {
  if (typeof value === 'function') return signature(value);
  try {
    const text = inspect(value, {
      depth: 0,
      maxArrayLength: 6,
      maxStringLength: width,
      breakLength: Infinity,
    });
    const line = text.replaceAll(/\s*\n\s*/g, ' ');
    return line.length > width ? `${line.slice(0, width - 1)}…` : line;
  } catch (error) {
    return `cannot be shown: ${(error as Error).message}`;
  }
}

/** What `name?` shows of a variable. */
export function describeValue(name: string, value: unknown): Displayable {
  const text = typeof value === 'function' ? String(value) : inspect(value);
  const cut = text.length > helpLength ? `${text.slice(0, helpLength)}…` : text;
  const head = typeof value === 'function' ? signature(value) : name;
  return { [displaySymbol]: () => ({ 'text/plain': `${head}: ${typeName(value)}\n\n${cut}` }) };
}

function functionKind(value: object): string {
  if (/^class\b/.test(String(value))) return 'class';
  const generator = types.isGeneratorFunction(value) ? ' generator' : '';
  return `${types.isAsyncFunction(value) ? 'async' : ''}${generator} function`.trim();
}

/** `add(a, b)`; `class Model`. */
function signature(value: object): string {
  const { name = '' } = value as { name?: string };
  const source = String(value);
  if (/^class\b/.test(source)) return `class ${name}`;
  const parameters = /^[^(]*\(((?:[^()]|\([^()]*\))*)\)/.exec(source)?.[1] ?? '';
  const line = `${name || 'anonymous'}(${parameters.replaceAll(/\s+/g, ' ').replaceAll(' ,', ',').trim()})`;
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
