import { diffModels } from '../src/diff/index.ts';
import type { Report } from '../src/report.ts';
import type { Magic } from './magic.ts';
import { variantOf } from './resolve.ts';

export const diff: Magic<Report> = {
  name: 'diff',
  summary: 'Show what changed from one model to another: nodes, weights, parameters, work, bytes',
  positionals: [
    { name: 'before', summary: 'a model', required: true, completes: 'model' },
    { name: 'after', summary: 'the model that was made of it', required: true, completes: 'model' },
  ],
  flags: [],
  examples: ['%diff cnn cnn_int8', '%diff cnn pruned'],
  result: 'Report',
  async run({ positionals }, context) {
    const [before, after] = await Promise.all(positionals.map((name) => variantOf(name, context)));
    return diffModels(before!, after!);
  },
};
