import { attachmentsOf } from '../devices/attachments.ts';
import { local, localDevice } from '../devices/local.ts';
import { probe } from '../devices/probe/index.ts';
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
    return probe(attachments.get(name).opened.transport, { signal: context.signal });
  },
};

/** This machine, then what was attached. */
function attachedRows(folder: string) {
  const others = attachmentsOf(folder)
    .list()
    .filter(({ name }) => name !== local);
  return [localDevice(), ...others.map((device) => device.row())];
}
