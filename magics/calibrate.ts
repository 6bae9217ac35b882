import type { Normalization } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import { type CalibrationDiagnosis, diagnoseCalibration, feedsOf } from '../src/quantize/index.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { datasetOf, variantOf } from './resolve.ts';

export const calibrate: Magic<CalibrationDiagnosis> = {
  name: 'calibrate',
  summary:
    'Say what a calibration set is worth before you quantize with it: enough samples, of the right kind?',
  positionals: [{ name: 'model', summary: 'a model as it was trained', required: true, completes: 'model' }],
  flags: [
    {
      name: 'calib',
      kind: 'string',
      completes: 'dataset',
      summary: 'calibration data: a data set; default: what the model was trained on, else mnist',
    },
    {
      name: 'samples',
      kind: 'number',
      min: 1,
      integer: true,
      summary: 'samples drawn from its train split',
      default: 512,
    },
    {
      name: 'tolerance',
      kind: 'number',
      min: 0,
      summary: "part of a range's width that does not matter",
      default: 0.05,
    },
  ],
  examples: ['%calibrate cnn', '%calibrate cnn --calib mnist --samples 64'],
  result: 'CalibrationDiagnosis',
  run: runCalibrate,
};

/** Samples in one batch, as `%quantize` takes them. */
const batchSize = 32;

async function runCalibrate(
  { positionals: [name = ''], flags }: ParsedLine,
  context: Context,
): Promise<CalibrationDiagnosis> {
  const given = await variantOf(name, context);
  const data = await datasetOf(String(flags.calib ?? given.data ?? 'mnist'), context);
  const variant = asTrained(given);
  const normalization = await normalizationOf(variant, context);
  const { model } = variant;
  const limit = flags.samples as number;
  const there = data.splitNames.includes('train') ? data.size('train') : limit;
  const bar = context.progress(`calibrate ${variant.name} on ${data.name}`);
  const diagnosis = await diagnoseCalibration(model, feedsOf(model, data, { limit, batchSize }), {
    tolerance: flags.tolerance as number,
    batches: Math.ceil(Math.min(limit, there) / batchSize),
    signal: context.signal,
    onProgress: (progress) => bar.update(progress),
    ...(normalization && { normalization }),
  });
  const { findings } = diagnosis;
  bar.done(
    findings.length > 0 ? findings.map(({ check }) => check).join(', ') : 'nothing is wrong with the data',
  );
  return diagnosis;
}

/** Steps after which a model computes the same, with less memory of its training. */
const sameFunction: readonly string[] = ['optimize', 'onnxruntime', 'quantize'];

/** The model that a variant was optimized or quantized from: it has the batch normalization that knows its data. */
const asTrained = (variant: Variant): Variant =>
  variant.lineage().findLast(({ step }) => !sameFunction.includes(step)) ?? variant;

/** How its training data became input; undefined where these are not known or not there any more, which the report tells. */
async function normalizationOf({ data }: Variant, context: Context): Promise<Normalization | undefined> {
  if (data === undefined) return undefined;
  try {
    return (await datasetOf(data, context)).normalization;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
