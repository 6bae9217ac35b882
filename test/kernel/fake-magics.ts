import type { Magic } from '../../magics/magic.ts';
import { DeviceError, ModelError } from '../../src/errors.ts';

/** Magics for tests of the kernel, which needs none of Edgebook's own. */
export const magics: readonly Magic[] = [
  {
    name: 'echo',
    form: 'both',
    summary: 'Return what it was given',
    positionals: [{ name: 'words', summary: 'anything', rest: true }],
    flags: [{ name: 'times', kind: 'number', summary: 'how often', default: 1 }],
    examples: ['%echo a b'],
    result: 'string',
    run: async ({ positionals, flags, body }) =>
      `${positionals.join(' ')} x${flags.times}${body === undefined ? '' : ` <${body}>`}`,
  },
  {
    name: 'make',
    summary: 'Declare a variable',
    positionals: [{ name: 'name', summary: 'of the variable', required: true }],
    flags: [],
    examples: ['%make a'],
    result: 'string',
    binds: ({ positionals }) => positionals[0],
    run: async ({ positionals: [name = ''] }, { variables }) => `${name} was ${variables.get(name)}`,
  },
  {
    name: 'names',
    summary: 'List the variables',
    positionals: [],
    flags: [],
    examples: [],
    result: 'string',
    run: async (_line, { variables }) => variables.names().join(),
  },
  {
    name: 'fail',
    summary: 'Throw',
    positionals: [{ name: 'kind', summary: 'model or device' }],
    flags: [],
    examples: [],
    result: 'void',
    run: async ({ positionals: [kind] }, { progress }) => {
      if (kind === 'halfway') progress('half').update({ done: 1, total: 2, message: 'loss 1' });
      if (kind === 'device')
        throw new DeviceError('no answer', { device: 'jetson', cause: new Error('ssh ended') });
      throw new ModelError('bad graph', { op: 'Conv' });
    },
  },
  {
    name: 'work',
    summary: 'Work until interrupted, then return how far it came',
    positionals: [],
    flags: [],
    examples: [],
    result: 'string',
    run: async (_line, { signal, progress }) => {
      const bar = progress('work');
      for (let done = 1; !signal.aborted; done++) {
        bar.update({ done, total: 1e6 });
        const until = performance.now() + 60;
        while (performance.now() < until);
        await new Promise((resolve) => setImmediate(resolve));
      }
      bar.done('stopped');
      return 'came to an end';
    },
  },
  {
    name: 'count',
    summary: 'Show a progress bar many times',
    positionals: [],
    flags: [],
    examples: [],
    result: 'void',
    run: async (_line, { progress }) => {
      const bar = progress('count');
      for (let done = 1; done <= 1000; done++) bar.update({ done, total: 1000, message: `at ${done}` });
    },
  },
];
