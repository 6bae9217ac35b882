import { attachmentsOf } from '../devices/attachments.ts';
import { cleanDevice, clearModels } from '../devices/bootstrap/install.ts';
import { clearDeployments } from '../devices/deploy/index.ts';
import type { Transport } from '../devices/device.ts';
import { stopService } from '../devices/service/service-control.ts';
import type { Magic } from './magic.ts';

export const detach: Magic<void> = {
  name: 'detach',
  summary: 'Let an attached machine go; its variables end',
  positionals: [{ name: 'name', summary: 'a device that was attached', required: true, completes: 'device' }],
  flags: [
    {
      name: 'clean',
      summary: 'take away all that was put there: the service, deployments, the folder ~/.edgebook',
      kind: 'switch',
    },
  ],
  examples: ['%detach jetson', '%detach jetson --clean'],
  result: 'void',
  async run({ positionals: [name = ''], flags }, context) {
    const attachments = attachmentsOf(context.folder);
    const device = attachments.get(name);
    const isHere = device.url === 'local:';
    if (flags.clean) await clean(device.opened.transport, isHere);
    await attachments.remove(device);
    const left = isHere
      ? 'its service, its deployments and its models are gone'
      : 'nothing of Edgebook is left there';
    context.print(`${name} is detached${flags.clean ? `, and ${left}` : ''}\n`);
  },
};

/** On this machine only what was sent and deployed goes: the rest of the folder is not a device's. */
async function clean(transport: Transport, isHere: boolean): Promise<void> {
  await stopService(transport);
  if (!isHere) return cleanDevice(transport);
  await clearDeployments(transport);
  await clearModels(transport);
}
