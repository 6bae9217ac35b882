import { attachmentsOf } from '../devices/attachments.ts';
import { defaultName, deploymentRoot, rollback as rollBack } from '../devices/deploy/index.ts';
import { serve } from './deploy-service.ts';
import { deviceOptions } from './device-options.ts';
import type { Magic } from './magic.ts';

export const rollback: Magic<void> = {
  name: 'rollback',
  summary: 'Serve again on a device what was served there before the last %deploy',
  positionals: [
    { name: 'device', summary: 'an attached device', required: true, completes: 'device' },
    { name: 'name', summary: 'the deployment; default main' },
  ],
  flags: [],
  examples: ['%rollback jetson', '%rollback jetson digits'],
  result: 'void',
  async run({ positionals: [deviceName = '', name = defaultName] }, context) {
    const device = attachmentsOf(context.folder).get(deviceName);
    const manifest = await rollBack(device.opened.transport, { root: deploymentRoot(name) });
    const { name: model, model: sha256, deployed } = manifest;
    const agent = await device.opened.agent(deviceOptions(context));
    const notes = await serve({ device, agent, context }, { name, sha256 });
    const at = deployed.slice(0, 16).replace('T', ' ');
    context.print(
      `${deviceName} serves ${model} again as ${name} (sha256 ${sha256.slice(0, 12)}, deployed ${at} UTC)\n`,
    );
    for (const note of notes) context.print(`${note}\n`);
  },
};
