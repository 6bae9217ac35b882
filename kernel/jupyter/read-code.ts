import type { Content } from './message.ts';

/** The code that a request is about. Throws TypeError if there is none. */
export function readCode({ code }: Content): string {
  if (typeof code !== 'string') throw new TypeError(`'code' must be a string, was ${typeof code}`);
  return code;
}
