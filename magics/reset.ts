import { UsageError } from '../src/errors.ts';
import type { Magic } from './magic.ts';

export const reset: Magic<void> = {
  name: 'reset',
  summary: 'Forget variables: all of the session, or those named; models in the ledger stay',
  positionals: [{ name: 'names', summary: 'variables; default: all', rest: true, completes: 'variable' }],
  flags: [],
  examples: ['%reset', '%reset scratch big'],
  result: 'void',
  async run({ positionals }, { variables, print }) {
    const known = variables.names();
    const unknown = positionals.find((name) => !known.includes(name));
    if (unknown !== undefined) throw UsageError.unknown('variable', unknown, known);
    const names = positionals.length > 0 ? positionals : known;
    for (const name of names) variables.forget(name);
    print(`Forgot ${names.length} variable${names.length === 1 ? '' : 's'}.\n`);
  },
};
