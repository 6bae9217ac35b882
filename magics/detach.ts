import { attachmentsOf } from '../devices/attachments.ts';
import { cleanDevice } from '../devices/bootstrap/install.ts';
import { UsageError } from '../src/errors.ts';
import type { Magic } from './magic.ts';

export const detach: Magic<void> = {
  name: 'detach',
  summary: 'Let an attached machine go; its variables end',
  positionals: [{ name: 'name', summary: 'a device that was attached', required: true, completes: 'device' }],
  flags: [
    { name: 'clean', summary: 'take away all that was put there: the folder ~/.edgebook', kind: 'switch' },
  ],
  examples: ['%detach jetson', '%detach jetson --clean'],
  result: 'void',
  async run({ positionals: [name = ''], flags }, context) {
    const attachments = attachmentsOf(context.folder);
    const device = attachments.get(name);
    if (flags.clean && device.url === 'local:')
      throw new UsageError(`'${name}' is this machine, where nothing was put: leave --clean out`);
    if (flags.clean) await cleanDevice(device.opened.transport);
    await attachments.remove(device);
    context.print(`${name} is detached${flags.clean ? ', and nothing of Edgebook is left there' : ''}\n`);
  },
};
