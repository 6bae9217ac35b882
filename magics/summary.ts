import type { Report } from '../src/report.ts';
import { modelSummary } from '../src/summary/index.ts';
import type { Magic } from './magic.ts';
import { variantOf } from './resolve.ts';

export const summary: Magic<Report> = {
  name: 'summary',
  summary:
    'Show a model layer by layer: shapes, parameters, multiply-accumulates, bytes, with bars of their shares',
  positionals: [{ name: 'model', summary: 'a model', required: true, completes: 'model' }],
  flags: [],
  examples: ['%summary cnn'],
  result: 'Report',
  async run({ positionals: [name = ''] }, context) {
    const variant = await variantOf(name, context);
    return modelSummary(variant.model, { name: variant.name });
  },
};
