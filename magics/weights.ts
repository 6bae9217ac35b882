import type { Report } from '../src/report.ts';
import { weightsReport } from '../src/summary/index.ts';
import type { Magic } from './magic.ts';
import { variantOf } from './resolve.ts';

export const weights: Magic<Report> = {
  name: 'weights',
  summary: "Show a model's weights: range, mean, deviation and zeros of each, and their histograms",
  positionals: [
    { name: 'model', summary: 'a model', required: true, completes: 'model' },
    { name: 'pattern', summary: 'only weights with this in their name; * stands for anything' },
  ],
  flags: [],
  examples: ['%weights cnn', '%weights cnn conv', "%weights cnn '*.weight'"],
  result: 'Report',
  async run({ positionals: [name = '', pattern] }, context) {
    const variant = await variantOf(name, context);
    return weightsReport(variant.model, { name: variant.name, ...(pattern !== undefined && { pattern }) });
  },
};
