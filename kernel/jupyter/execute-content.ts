import type { Content } from './message.ts';
import { readCode } from './read-code.ts';

/** The content of an execute request, checked, with the protocol's defaults. */
export interface ExecuteContent {
  readonly code: string;
  readonly silent: boolean;
  readonly store_history: boolean;
  readonly user_expressions: Readonly<Record<string, string>>;
  readonly allow_stdin: boolean;
  readonly stop_on_error: boolean;
}

/** Throws TypeError if a field is of a wrong type. */
export function readExecuteContent(content: Content): ExecuteContent {
  const { user_expressions = {} } = content;
  return {
    code: readCode(content),
    silent: flag(content, 'silent', false),
    store_history: flag(content, 'store_history', true),
    allow_stdin: flag(content, 'allow_stdin', true),
    stop_on_error: flag(content, 'stop_on_error', true),
    user_expressions: expressions(user_expressions),
  };
}

function flag(content: Content, name: string, otherwise: boolean): boolean {
  const value = content[name] ?? otherwise;
  if (typeof value !== 'boolean')
    throw new TypeError(`'${name}' must be true or false, was ${JSON.stringify(value)}`);
  return value;
}

function expressions(value: unknown): Readonly<Record<string, string>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject && Object.values(value).every((expression) => typeof expression === 'string'))
    return value as Record<string, string>;
  throw new TypeError(`'user_expressions' must map names to code, was ${JSON.stringify(value)}`);
}
