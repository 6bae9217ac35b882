import { type ExplainReport, explain as explainModel } from '../src/explain/index.ts';
import { targetOf, targets, thisMachine } from '../src/targets/index.ts';
import type { Magic } from './magic.ts';
import { variantOf } from './resolve.ts';

export const explain: Magic<ExplainReport> = {
  name: 'explain',
  summary:
    'Show which nodes of a model a target computes in int8, which in float, why, and what to do about it',
  positionals: [
    { name: 'model', summary: 'a quantized model, or a float one', required: true, completes: 'model' },
  ],
  flags: [
    {
      name: 'target',
      kind: 'choice',
      choices: targets.map(({ name }) => name),
      summary: 'whose rules count; default: onnxruntime on this machine',
    },
  ],
  examples: ['%explain cnn_int8', '%explain cnn --target tensorrt'],
  result: 'ExplainReport',
  async run({ positionals: [name = ''], flags }, context) {
    const { model } = await variantOf(name, context);
    return explainModel(model, flags.target === undefined ? thisMachine() : targetOf(String(flags.target)));
  },
};
