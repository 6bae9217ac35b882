import { attachmentsOf } from '../devices/attachments.ts';
import type { Transport } from '../devices/device.ts';
import { local, localDevice } from '../devices/local.ts';
import { powerText, readPower } from '../devices/power/index.ts';
import { ProbeReport, probe } from '../devices/probe/index.ts';
import { profileOf, profileReport, profiles, profilesReport } from '../devices/profiles/index.ts';
import type { Report } from '../src/report.ts';
import type { Magic } from './magic.ts';

export const devices: Magic<Report> = {
  name: 'devices',
  summary:
    'List attached devices and the profiles of others; or look into one that is attached, or at the figures of a profile',
  positionals: [
    {
      name: 'device',
      summary: 'an attached device, or the name of a profile',
      completes: 'device',
      choices: profiles.map(({ name }) => name),
    },
  ],
  flags: [],
  examples: ['%devices', '%devices board', '%devices jetson-orin-nano'],
  result: 'Report',
  async run({ positionals: [name] }, context) {
    if (name === undefined) return profilesReport(profiles, attachedRows(context.folder));
    const attachments = attachmentsOf(context.folder);
    const isAttached = name === local || attachments.list().some((device) => device.name === name);
    if (!isAttached) return profileReport(profileOf(name));
    return lookInto(attachments.get(name).opened.transport, context.signal);
  },
};

/** Its facts, and the power that it takes at the moment. */
async function lookInto(transport: Transport, signal: AbortSignal): Promise<ProbeReport> {
  const { facts, profile } = await probe(transport, { signal });
  const { source, reading, none } = await readPower(transport, { signal });
  const power = reading && source ? powerText(reading, source) : none!;
  return new ProbeReport({ device: transport.name, facts, profile, power });
}

/** This machine, then what was attached. */
function attachedRows(folder: string) {
  const others = attachmentsOf(folder)
    .list()
    .filter(({ name }) => name !== local);
  return [localDevice(), ...others.map((device) => device.row())];
}
