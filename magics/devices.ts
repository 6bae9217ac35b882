import { attachmentsOf } from '../devices/attachments.ts';
import { local, localDevice } from '../devices/local.ts';
import { profileOf, profileReport, profiles, profilesReport } from '../devices/profiles/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Report } from '../src/report.ts';
import type { Magic } from './magic.ts';

export const devices: Magic<Report> = {
  name: 'devices',
  summary: 'List attached devices and the profiles of others, or all figures of one with their sources',
  positionals: [
    { name: 'device', summary: 'the name of a profile', choices: profiles.map(({ name }) => name) },
  ],
  flags: [],
  examples: ['%devices', '%devices jetson-orin-nano'],
  result: 'Report',
  async run({ positionals: [name] }, context) {
    if (name === undefined) return profilesReport(profiles, attachedRows(context.folder));
    if (name === local)
      throw new UsageError(
        `'${local}' is this machine, which needs no data sheet: measure models on it with %bench`,
      );
    return profileReport(profileOf(name));
  },
};

/** This machine, then what was attached. */
function attachedRows(folder: string) {
  const others = attachmentsOf(folder)
    .list()
    .filter(({ name }) => name !== local);
  return [localDevice(), ...others.map((device) => device.row())];
}
