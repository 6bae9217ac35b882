import { AttachedDevice } from '../devices/attached-device.ts';
import { attachmentsOf } from '../devices/attachments.ts';
import { local } from '../devices/local.ts';
import { UsageError } from '../src/errors.ts';
import type { Context, Magic, ProgressBar } from './magic.ts';

export const attach: Magic<void> = {
  name: 'attach',
  summary: 'Attach a machine, to run cells on it: nothing has to be installed there',
  positionals: [
    { name: 'name', summary: 'what to call it', required: true },
    {
      name: 'url',
      summary:
        'ssh://user@host, jupyter+http://host:8888/?kernel=NAME, serial:///dev/ttyUSB0?baud=115200, qemu:arm64 for an emulated board, or local: for a process of its own here',
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
    '%attach board qemu:arm64',
    '%attach board qemu:arm64?memory=2048&disk=4096',
    '%attach here local:',
  ],
  result: 'void',
  async run({ positionals: [name = '', url = ''], flags }, context) {
    if (!/^[A-Za-z][\w-]*$/.test(name) || name === 'all' || (name === local && url !== 'local:'))
      throw new UsageError(
        `A device's name has letters, digits, - and _, begins with a letter, and is not 'all' or '${local}', was '${name}'`,
      );
    const device = new AttachedDevice(name, url);
    const { confirm, ask, signal } = context;
    const notes: string[] = [];
    const steps = stepBar(name, context);
    try {
      await device.opened.meet({
        ...{ trust: flags.trust as string | undefined, signal, onStep: steps.next },
        onNote: (text) => notes.push(`${text}\n`),
        ...(ask && { ask }),
        ...(confirm && { confirm: (question: string) => confirm(question) }),
      });
      steps.end('ready');
    } catch (error) {
      steps.end('failed');
      await device.close();
      throw error;
    }
    await attachmentsOf(context.folder).add(device);
    const { timesMean } = device;
    if (timesMean) notes.push(`${timesMean}\n`);
    context.print(`${name} is attached: ${url}. Run a cell there by %%on ${name}\n${notes.join('')}`);
  },
};

/** A bar that says what is being done and for how long, for devices that take seconds. */
function stepBar(name: string, context: Context): { next(what: string): void; end(how: string): void } {
  const begin = performance.now();
  let bar: ProgressBar | undefined;
  let done = 0;
  const seconds = () => `${((performance.now() - begin) / 1000).toFixed(1)} s`;
  return {
    next: (what) => {
      bar ??= context.progress(name);
      // How many steps there are depends on what is kept: the bar is never full before the end.
      bar.update({ done, total: ++done + 1, message: `${what}, ${seconds()}` });
    },
    end: (how) => bar?.done(`${how} after ${seconds()}`),
  };
}
