import { UsageError } from '../src/errors.ts';
import { cpus, predictAccuracy, type SimulationReport } from '../src/simulate/index.ts';
import type { Magic } from './magic.ts';
import { datasetOf, variantOf } from './resolve.ts';

export const simulate: Magic<SimulationReport> = {
  name: 'simulate',
  summary: 'Predict the accuracy of a quantized model on another processor, integer by integer',
  positionals: [{ name: 'model', summary: 'a quantized model', required: true, completes: 'model' }],
  flags: [
    {
      name: 'cpu',
      kind: 'choice',
      choices: Object.keys(cpus),
      summary: 'the processor and its runtime',
      default: 'avx2',
    },
    {
      name: 'data',
      kind: 'string',
      completes: 'dataset',
      summary: 'data set to classify; default: the one it was quantized with or trained on',
    },
    { name: 'split', kind: 'string', summary: 'its split', default: 'test' },
    {
      name: 'samples',
      kind: 'number',
      min: 1,
      integer: true,
      summary: 'how many of its first samples',
      default: 256,
    },
  ],
  examples: ['%simulate cnn_int8 --cpu avx2', '%simulate cnn_int8 --cpu vnni --samples 1000'],
  result: 'SimulationReport',
  async run({ positionals, flags }, context) {
    const variant = await variantOf(positionals[0]!, context);
    const name = flags.data ?? variant.data;
    if (typeof name !== 'string')
      throw new UsageError(
        `'${variant.name}' must have a data set to be classified, none is known; give one by --data`,
      );
    const data = await datasetOf(name, context);
    const bar = context.progress(`simulate ${variant.name} on ${flags.cpu}`);
    const report = await predictAccuracy(variant.model, data, {
      cpu: String(flags.cpu),
      split: String(flags.split),
      limit: flags.samples as number,
      signal: context.signal,
      onProgress: (progress) => bar.update(progress),
    });
    bar.done(`${(100 * report.accuracy).toFixed(2)} %, here ${(100 * report.accuracyHere).toFixed(2)} %`);
    return report;
  },
};
