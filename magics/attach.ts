import { AttachedDevice } from '../devices/attached-device.ts';
import { attachmentsOf } from '../devices/attachments.ts';
import { local } from '../devices/local.ts';
import { UsageError } from '../src/errors.ts';
import type { Magic } from './magic.ts';

export const attach: Magic<void> = {
  name: 'attach',
  summary: 'Attach a machine, to run cells on it: nothing has to be installed there',
  positionals: [
    { name: 'name', summary: 'what to call it', required: true },
    {
      name: 'url',
      summary:
        'ssh://user@host, jupyter+http://host:8888/?kernel=NAME, serial:///dev/ttyUSB0?baud=115200, or local: for a process of its own here',
      required: true,
    },
  ],
  flags: [
    {
      name: 'trust',
      summary: 'the fingerprint of its host key, SHA256:..., if ssh does not know it yet',
      kind: 'string',
    },
  ],
  examples: [
    '%attach jetson ssh://user@orin',
    '%attach lab jupyter+http://orin:8888/?kernel=python3',
    '%attach mcu serial:///dev/ttyACM0',
    '%attach here local:',
  ],
  result: 'void',
  async run({ positionals: [name = '', url = ''], flags }, context) {
    if (!/^[A-Za-z][\w-]*$/.test(name) || name === 'all' || (name === local && url !== 'local:'))
      throw new UsageError(
        `A device's name has letters, digits, - and _, begins with a letter, and is not 'all' or '${local}', was '${name}'`,
      );
    const device = new AttachedDevice(name, url);
    const { confirm, ask } = context;
    const notes: string[] = [];
    try {
      await device.opened.meet({
        trust: flags.trust as string | undefined,
        onNote: (text) => notes.push(`${text}\n`),
        ...(ask && { ask }),
        ...(confirm && { confirm: (question: string) => confirm(question) }),
      });
    } catch (error) {
      await device.close();
      throw error;
    }
    await attachmentsOf(context.folder).add(device);
    context.print(`${name} is attached: ${url}. Run a cell there by %%on ${name}\n${notes.join('')}`);
  },
};
