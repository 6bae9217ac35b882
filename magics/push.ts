import { attachmentsOf } from '../devices/attachments.ts';
import { pushValue } from '../devices/transfer.ts';
import { UsageError } from '../src/errors.ts';
import { deviceOptions } from './device-options.ts';
import type { Magic } from './magic.ts';
import { variantOf } from './resolve.ts';

export const push: Magic<void> = {
  name: 'push',
  summary: 'Send variables to devices: numbers, text, typed arrays, tensors, models',
  positionals: [
    {
      name: 'names',
      summary: 'variables or models, with commas or spaces between',
      completes: 'variable',
      required: true,
      rest: true,
    },
  ],
  flags: [
    {
      name: 'to',
      summary: 'devices, with commas between, or all',
      kind: 'string',
      completes: 'device',
      choices: ['all'],
    },
  ],
  examples: ['%push x,model --to jetson'],
  result: 'void',
  async run({ positionals, flags: { to } }, context) {
    if (to === undefined) throw new UsageError('%push needs to know where to: %push x --to DEVICE');
    const devices = attachmentsOf(context.folder).named(String(to));
    const names = positionals.flatMap((word) => word.split(',')).filter((name) => name !== '');
    for (const name of names) {
      const value = context.variables.get(name) ?? (await variantOf(name, context));
      for (const device of devices) {
        const begin = performance.now();
        const { bytes } = await pushValue(device, { name, value, ...deviceOptions(context) });
        const seconds = (performance.now() - begin) / 1000;
        const emulated = device.opened.emulator ? ', emulated' : '';
        context.print(`${name} is on ${device.name}: ${size(bytes)} in ${seconds.toFixed(2)} s${emulated}\n`);
      }
    }
  },
};

const size = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
