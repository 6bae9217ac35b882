import { evaluate, PairedAccuracy } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Json, Variant } from '../src/ledger/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { feedsOf, quantizeStatic } from '../src/quantize/index.ts';
import type { WorkOptions } from '../src/report.ts';
import type { Feeds } from '../src/runtime/index.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { quantizeFlags } from './quantize-flags.ts';
import { limitOf, staticOptions } from './quantize-options.ts';
import { datasetOf, identifier, variantOf } from './resolve.ts';

export const quantize: Magic<Variant> = {
  name: 'quantize',
  summary: 'Make weights and activations integers, with ranges taken from calibration data',
  positionals: [{ name: 'model', summary: 'a float model', required: true, completes: 'model' }],
  flags: quantizeFlags,
  examples: [
    'const q = %quantize cnn --int8 --calib mnist',
    '%quantize cnn --method entropy --repair bias-correction --as better',
    '%quantize cnn --max-drop 0.5% --metric top1',
  ],
  result: 'Variant',
  binds: (line) => nameOf(line),
  run: runQuantize,
};

const nameOf = ({ positionals: [model = ''], flags }: ParsedLine): string =>
  identifier(typeof flags.as === 'string' ? flags.as : `${model}_${flags.w4a8 === true ? 'w4a8' : 'int8'}`);

/** Samples in one calibration batch. */
const batchSize = 32;

async function runQuantize(line: ParsedLine, context: Context): Promise<Variant> {
  const { flags } = line;
  const parent = await variantOf(line.positionals[0]!, context);
  const data = await datasetOf(String(flags.calib ?? parent.data ?? 'mnist'), context);
  const { model } = parent;
  const options = staticOptions(flags, model);
  const limited = limitOf(flags, { model, data });
  // A folder that cannot be written must not cost the calibration.
  const ledger = await context.ledger();
  const limit = flags.samples as number;
  const there = data.splitNames.includes('train') ? data.size('train') : limit;
  const bar = context.progress(`quantize ${parent.name}`);
  const calibration = new CountedFeeds(feedsOf(model, data, { limit, batchSize }));
  const work: WorkOptions = { signal: context.signal, onProgress: (p) => bar.update(p) };
  const result = await quantizeStatic(model, calibration, {
    ...options,
    ...work,
    batches: Math.ceil(Math.min(limit, there) / batchSize),
    ...(limited && { limit: limited.limit }),
  });
  const { samples } = calibration;
  const accuracy = await compared(parent, writeModel(result.model), {
    ...work,
    data: limited?.halves.report ?? data,
    limit: flags.test as number,
  });
  bar.done(`calibrated with ${samples} samples`);
  const variant = await ledger.add({
    name: nameOf(line),
    model: result.model,
    step: 'quantize',
    parent,
    options: { ...recorded(flags), samples },
    data: data.name,
  });
  variant.report = accuracy ? result.report.withPart(accuracy) : result.report;
  return variant;
}

/** The flags that say how it was made. */
const recorded = ({ as, calib, test, samples, ...flags }: ParsedLine['flags']): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(flags).flatMap(([key, value]) =>
      value === undefined || value === false ? [] : [[key, value]],
    ),
  );

/** Accuracies of both models on the test split; undefined where there are no classes to find. */
async function compared(
  { path }: Variant,
  quantized: Uint8Array,
  { data, limit, ...work }: WorkOptions & { readonly data: Dataset; readonly limit: number },
): Promise<PairedAccuracy | undefined> {
  const labels = data.splitNames.includes('test') ? data.split('test').labels : undefined;
  if (limit === 0 || !labels || data.classNames.length === 0) return undefined;
  const before = await evaluate(path, data, { ...work, limit });
  const after = await evaluate(quantized, data, { ...work, limit });
  return new PairedAccuracy(before, after, data.labels('test').subarray(0, before.count));
}

/** Counts the samples that pass: a small split or a fixed batch gives others than were asked for. */
class CountedFeeds implements AsyncIterable<Feeds> {
  samples = 0;
  readonly #feeds: AsyncIterable<Feeds>;

  constructor(feeds: AsyncIterable<Feeds>) {
    this.#feeds = feeds;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Feeds, void> {
    // Each pass is the same: what the last one counted is what there is.
    let samples = 0;
    for await (const feeds of this.#feeds) {
      samples += Object.values(feeds)[0]!.shape[0]!;
      this.samples = Math.max(this.samples, samples);
      yield feeds;
    }
  }
}
