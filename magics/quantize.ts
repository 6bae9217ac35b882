import { evaluate, PairedAccuracy } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import type { Json, Variant } from '../src/ledger/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { feedsOf } from '../src/quantize/index.ts';
import type { WorkOptions } from '../src/report.ts';
import type { Feeds } from '../src/runtime/index.ts';
import { keptOrMade, type MadeVariant } from './kept.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { deviceKey } from './measure-on.ts';
import { quantizeFlags } from './quantize-flags.ts';
import { makeStatic } from './quantize-make.ts';
import { limitOf, reducedHere } from './quantize-options.ts';
import { askedScheme, schemeOf } from './quantize-schemes.ts';
import { calibrationBatch } from './quantize-step.ts';
import { datasetOf, identifier, variantOf } from './resolve.ts';
import { scoresClasses } from './scores-classes.ts';

export const quantize: Magic<Variant> = {
  name: 'quantize',
  summary: 'Make weights and activations integers or half floats: static, dynamic, weights only, trained',
  positionals: [{ name: 'model', summary: 'a float model', required: true, completes: 'model' }],
  flags: quantizeFlags,
  examples: [
    'const q = %quantize cnn --int8 --calib mnist',
    '%quantize cnn --method entropy --repair bias-correction --as better',
    '%quantize cnn --max-drop 0.5% --metric top1',
    '%quantize cnn --w4a8 --qat --epochs 2',
    '%quantize net --weight-only --int4 --group 32 --rounding gptq',
    '%quantize cnn --fp16',
  ],
  result: 'Variant',
  binds: (line) => nameOf(line),
  run: runQuantize,
};

const nameOf = ({ positionals: [model = ''], flags }: ParsedLine): string =>
  identifier(typeof flags.as === 'string' ? flags.as : `${model}_${askedScheme(flags).suffix(flags)}`);

async function runQuantize(line: ParsedLine, context: Context): Promise<Variant> {
  const { flags } = line;
  const scheme = schemeOf(flags);
  const parent = await variantOf(line.positionals[0]!, context);
  const data = await dataOf(line, { parent, context, isNeeded: scheme.make === makeStatic });
  const { samples, test } = flags as { samples: number; test: number };
  const input = {
    ...{ step: 'quantize', model: parent.id },
    options: {
      ...{ ...recorded(flags), samples, test },
      ...(flags.on !== undefined && { on: deviceKey(String(flags.on), context) }),
    },
    ...{ label: `quantize ${parent.name}`, name: nameOf(line), data, parent },
    // A file beside the result is wanted too.
    isFresh: flags.fresh === true || flags.checkpoint !== undefined,
  };
  return keptOrMade(input, context, () => quantized(line, { parent, data, context, label: input.label }));
}

interface Job {
  readonly parent: Variant;
  readonly data: Dataset | undefined;
  readonly context: Context;
  readonly label: string;
}

async function quantized(line: ParsedLine, { parent, data, context, label }: Job): Promise<MadeVariant> {
  const { flags } = line;
  const scheme = schemeOf(flags);
  const { model } = parent;
  const limited = limitOf(flags, { model, data });
  const bar = context.progress(label);
  const work: WorkOptions = { signal: context.signal, onProgress: (p) => bar.update(p) };
  const seen = data && seenOf(model, data, flags.samples as number);
  const made = await scheme.make({
    ...{ line, flags, context, label, model, data, limited },
    calibration: seen?.feeds,
    work: { ...work, ...(seen && { batches: seen.batches }) },
  });
  const samples = seen?.feeds.samples;
  const accuracy = await compared(parent, writeModel(made.model), {
    ...work,
    data: limited?.halves.report ?? data,
    limit: flags.test as number,
  });
  bar.done(samples ? `calibrated with ${samples} samples` : 'without data');
  return {
    model: made.model,
    step: 'quantize',
    options: {
      ...(scheme.make === makeStatic && { method: 'min-max', ...reducedHere(flags) }),
      ...recorded(flags),
      ...(samples && { samples }),
    },
    report: accuracy ? made.report.withPart(accuracy) : made.report,
  };
}

/** The data set of the line, else that of the model; where data are needed and none are known, MNIST. */
async function dataOf(
  { flags }: ParsedLine,
  { parent, context, isNeeded }: { parent: Variant; context: Context; isNeeded: boolean },
): Promise<Dataset | undefined> {
  const name = flags.calib ?? parent.data ?? (isNeeded ? 'mnist' : undefined);
  return name === undefined ? undefined : datasetOf(String(name), context);
}

/** What to calibrate with, and how many batches that are. */
function seenOf(model: Model, data: Dataset, limit: number) {
  const there = data.splitNames.includes('train') ? data.size('train') : limit;
  return {
    feeds: new CountedFeeds(feedsOf(model, data, { limit, batchSize: calibrationBatch })),
    batches: Math.ceil(Math.min(limit, there) / calibrationBatch),
  };
}

/** The flags that say how it was made. */
const recorded = ({ as, fresh, calib, test, samples, checkpoint, resume, ...flags }: ParsedLine['flags']) =>
  Object.fromEntries(
    Object.entries(flags).flatMap(([key, value]): [string, Json][] =>
      value === undefined || value === false ? [] : [[key, value]],
    ),
  );

/**
 * Accuracies of both models on the test split; undefined where there are no classes to find, the model does not look for
 * them, and after an interruption that kept what was reached.
 */
async function compared(
  { path, model }: Variant,
  quantized: Uint8Array,
  { data, limit, ...work }: WorkOptions & { readonly data: Dataset | undefined; readonly limit: number },
): Promise<PairedAccuracy | undefined> {
  if (!data || limit === 0 || work.signal?.aborted) return undefined;
  const isLabelled = data.splitNames.includes('test') && data.split('test').labels && data.size('test') > 0;
  if (!isLabelled || !scoresClasses(model, data)) return undefined;
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
