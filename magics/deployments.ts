import { attachmentsOf } from '../devices/attachments.ts';
import { deploymentsOn } from '../devices/deploy/index.ts';
import { Report } from '../src/report.ts';
import type { Magic } from './magic.ts';

export const deployments: Magic<Report> = {
  name: 'deployments',
  summary: 'List what is served on attached devices',
  positionals: [{ name: 'device', summary: 'one of them, several with commas, or all (the default)' }],
  flags: [],
  examples: ['%deployments', '%deployments jetson'],
  result: 'Report',
  async run({ positionals: [names = 'all'] }, context) {
    const rows = [];
    for (const { name: device, opened } of attachmentsOf(context.folder).named(names))
      for (const { name, current, slots } of await deploymentsOn(opened.transport)) {
        const served = current && slots[current];
        const other = slots[current === 'a' ? 'b' : 'a'];
        rows.push({ device, name, model: served?.name, slot: current, before: other?.name });
      }
    return new Report({
      title: `${rows.length} deployments`,
      columns: ['device', 'name', 'model', 'slot', 'before'].map((key) => ({ key, header: key })),
      rows,
    });
  },
};
