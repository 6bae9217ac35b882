import { estimateAll, estimateReport } from '../devices/estimate/index.ts';
import type { Precision } from '../devices/profiles/index.ts';
import type { Report } from '../src/report.ts';
import { onFlag, precisionFlag, profilesOn } from './device-names.ts';
import type { Magic } from './magic.ts';
import { variantOf } from './resolve.ts';

export const estimate: Magic<Report> = {
  name: 'estimate',
  summary: 'Estimate from data sheets whether a model fits on devices, how long it takes and what limits it',
  positionals: [{ name: 'model', summary: 'a model', required: true, completes: 'model' }],
  flags: [onFlag, precisionFlag],
  examples: [
    '%estimate cnn --on all',
    '%estimate cnn --on jetson-orin-nano,coral-dev-board --precision int8',
  ],
  result: 'Report',
  async run({ positionals: [name = ''], flags }, context) {
    const chosen = profilesOn(String(flags.on));
    const variant = await variantOf(name, context);
    const precision = flags.precision as Precision | undefined;
    const { work, estimates } = estimateAll(variant.model, chosen, { precision });
    return estimateReport(estimates, {
      model: `${variant.name}${precision ? ` (as ${precision})` : ''}`,
      work,
    });
  },
};
