import { inspect } from 'node:util';
import type { MimeBundle } from '../../src/report.ts';
import { parameterList } from './parameter-list.ts';

type AnyFunction = (...parameters: never[]) => unknown;

/** How a function is called, or a class made: the first line of its source, without the body. */
export function render(value: AnyFunction): MimeBundle {
  const source = Function.prototype.toString.call(value);
  const extra = Object.keys(value).length > 0 ? `\n${inspect(value, { depth: 0 })}` : '';
  const text = /\{\s*\[native code\]\s*\}$/.test(source) ? undefined : describe(value, source);
  return { 'text/plain': text === undefined ? inspect(value) : text + extra };
}

function describe(value: AnyFunction, source: string): string | undefined {
  return /^class\b/.test(source) ? classText(value, source) : functionText(value, source);
}

function functionText(value: AnyFunction, source: string): string | undefined {
  const list = parameterList(source);
  if (list === undefined) return undefined;
  const async = /^async\b/.test(source) ? 'async ' : '';
  const star = /^(?:async\s*)?(?:function\s*)?\*/.test(source) ? '*' : '';
  return `${async}function${star} ${value.name || '(anonymous)'}${list}`;
}

function classText(value: AnyFunction, source: string): string {
  const parent = Object.getPrototypeOf(value) as AnyFunction;
  const base = parent.name ? ` extends ${parent.name}` : '';
  const own = /\bconstructor\s*\(/.exec(source);
  const list = own ? parameterList(source.slice(own.index)) : undefined;
  const members = Object.getOwnPropertyNames(value.prototype).filter((name) => name !== 'constructor');
  const body =
    members.length > 0 ? ` { ${members.slice(0, 12).join(', ')}${members.length > 12 ? ', ...' : ''} }` : '';
  return `class ${value.name || '(anonymous)'}${list ?? ''}${base}${body}`;
}
