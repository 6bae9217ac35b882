import { attachmentsOf } from '../devices/attachments.ts';
import { pullValue } from '../devices/transfer.ts';
import { UsageError } from '../src/errors.ts';
import { deviceOptions } from './device-options.ts';
import type { Magic } from './magic.ts';

export const pull: Magic<unknown> = {
  name: 'pull',
  summary: 'Fetch a variable of a device: numbers, text, typed arrays, tensors, models',
  positionals: [{ name: 'name', summary: 'a variable there', required: true }],
  flags: [{ name: 'from', summary: 'the device', kind: 'string', completes: 'device' }],
  examples: ['%pull y --from jetson', 'const scores = %pull y --from jetson'],
  result: 'unknown',
  binds: ({ positionals: [name] }) => name,
  async run({ positionals: [name = ''], flags: { from } }, context) {
    if (from === undefined) throw new UsageError('%pull needs to know where from: %pull y --from DEVICE');
    if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
      throw new UsageError(`%pull takes the name of one variable, was '${name}'`);
    const device = attachmentsOf(context.folder).get(String(from));
    return pullValue(device, { expression: name, ...deviceOptions(context) });
  },
};
