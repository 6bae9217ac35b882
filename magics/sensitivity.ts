import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Model } from '../src/ir/index.ts';
import {
  channelSensitivity,
  type SensitivityReport,
  sensitivityScan,
  type WeightImportance,
} from '../src/prune/index.ts';
import type { WorkOptions } from '../src/report.ts';
import type { Magic, ParsedLine } from './magic.ts';
import { choiceFlags } from './prune-flags.ts';
import { inPruneFlags, whatOf, words } from './prune-options.ts';
import { datasetOf, variantOf } from './resolve.ts';

export const sensitivity: Magic<SensitivityReport> = {
  name: 'sensitivity',
  summary: 'Prune each layer alone, without training, and measure: which can lose much, which should be kept',
  positionals: [{ name: 'model', summary: 'a float model', required: true, completes: 'model' }],
  flags: [
    { name: 'data', kind: 'string', summary: "data set; default: the model's", completes: 'dataset' },
    ...choiceFlags,
    {
      name: 'sparsities',
      kind: 'string',
      summary: 'shares of a layer to prune; default 0.5,0.7,0.8,0.9,0.95',
    },
    {
      ...{ name: 'samples', kind: 'number', min: 1, integer: true, default: 1000 },
      summary: 'samples to measure with, of the validation split or held out of the training split',
    },
    { name: 'seed', kind: 'number', integer: true, summary: 'which samples', default: 0 },
  ],
  examples: ['%sensitivity cnn', "%sensitivity resnet8 --unstructured --sparsities 0.5,0.9 --keep 'head*'"],
  result: 'SensitivityReport',
  run: async (line, context) => {
    const { flags } = line;
    const variant = await variantOf(line.positionals[0]!, context);
    const data = await datasetOf(String(flags.data ?? variant.data ?? 'mnist'), context);
    const bar = context.progress(`sensitivity of ${variant.name}`);
    const report = await scannedModel(variant.model, data, {
      ...{ flags, signal: context.signal, onProgress: (progress) => bar.update(progress) },
    });
    bar.done();
    return report;
  },
};

/** Scans channels or weights, whichever the flags are about. */
export async function scannedModel(
  model: Model,
  data: Dataset,
  { flags, ...work }: WorkOptions & { readonly flags: ParsedLine['flags'] },
): Promise<SensitivityReport> {
  const { importance, keep, sparsities, samples, seed } = flags;
  const options = {
    ...work,
    ...(keep !== undefined && { keep: words(String(keep)) }),
    ...(sparsities !== undefined && { sparsities: words(String(sparsities)).map(share) }),
    ...(samples !== undefined && { samples: Number(samples) }),
    ...(seed !== undefined && { seed: Number(seed) }),
  };
  const [name, what] = [importance as string | undefined, whatOf(flags)];
  try {
    if (what === 'channels')
      return await channelSensitivity(model, data, { ...options, ...(name && { importance: name }) });
    return await sensitivityScan(model, data, {
      ...{ ...options, ...(name && { importance: name as WeightImportance }) },
    });
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(inPruneFlags(error.message), { cause: error }) : error;
  }
}

const share = (text: string): number => (text === '' ? Number.NaN : Number(text));
