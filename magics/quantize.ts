import type { Variant } from '../src/ledger/index.ts';
import { feedsOf, quantizeStatic } from '../src/quantize/index.ts';
import type { Feeds } from '../src/runtime/index.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { datasetOf, identifier, variantOf } from './resolve.ts';

export const quantize: Magic<Variant> = {
  name: 'quantize',
  summary: 'Make weights and activations 8-bit integers, with ranges taken from calibration data',
  positionals: [{ name: 'model', summary: 'a float model', required: true, completes: 'model' }],
  flags: [
    { name: 'int8', kind: 'switch', summary: 'static 8-bit integers (the default)' },
    {
      name: 'calib',
      kind: 'string',
      completes: 'dataset',
      summary:
        "data set whose training split gives the activations' ranges; default: the one it was trained on",
    },
    {
      name: 'samples',
      kind: 'number',
      min: 1,
      integer: true,
      summary: 'samples to calibrate with',
      default: 512,
    },
    {
      name: 'activations',
      kind: 'choice',
      choices: ['uint8', 'int8'],
      summary: 'type of activations',
      default: 'uint8',
    },
    {
      name: 'per-tensor',
      kind: 'switch',
      summary: 'one weight scale per layer instead of one per output channel',
    },
    {
      name: 'reduce-range',
      kind: 'switch',
      summary: '7-bit weights, for x86 processors without VNNI instructions',
    },
    { name: 'as', kind: 'string', summary: "name of the result; default: the model's name with _int8" },
  ],
  examples: ['const q = %quantize cnn --int8 --calib mnist', '%quantize cnn --per-tensor --as coarse'],
  result: 'Variant',
  binds: (line) => nameOf(line),
  run: runQuantize,
};

const nameOf = ({ positionals: [model = ''], flags }: ParsedLine): string =>
  identifier(typeof flags.as === 'string' ? flags.as : `${model}_int8`);

/** Samples in one calibration batch. */
const batchSize = 32;

async function runQuantize(line: ParsedLine, context: Context): Promise<Variant> {
  const { flags } = line;
  const parent = await variantOf(line.positionals[0]!, context);
  const data = await datasetOf(String(flags.calib ?? parent.data ?? 'mnist'), context);
  const model = parent.model;
  const options = {
    activations: flags.activations as 'uint8' | 'int8',
    perChannel: !flags['per-tensor'],
    reduceRange: flags['reduce-range'] === true,
  };
  // A folder that cannot be written must not cost the calibration.
  const ledger = await context.ledger();
  const wanted = flags.samples as number;
  const there = data.splitNames.includes('train') ? data.size('train') : wanted;
  const batches = Math.ceil(Math.min(wanted, there) / batchSize);
  const bar = context.progress(`quantize ${parent.name}`);
  const calibration = new CountedFeeds(feedsOf(model, data, { limit: wanted, batchSize }));
  const { signal } = context;
  const result = await quantizeStatic(model, calibration, {
    ...options,
    batches,
    signal,
    onProgress: (p) => bar.update(p),
  });
  const { samples } = calibration;
  bar.done(`calibrated with ${samples} samples`);
  const variant = await ledger.add({
    name: nameOf(line),
    model: result.model,
    step: 'quantize',
    parent,
    options: { ...options, samples },
    data: data.name,
  });
  variant.report = result.report;
  return variant;
}

/** Counts the samples that pass: a small split or a fixed batch gives others than were asked for. */
class CountedFeeds implements AsyncIterable<Feeds> {
  samples = 0;
  readonly #feeds: AsyncIterable<Feeds>;

  constructor(feeds: AsyncIterable<Feeds>) {
    this.#feeds = feeds;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Feeds, void> {
    for await (const feeds of this.#feeds) {
      this.samples += Object.values(feeds)[0]!.shape[0]!;
      yield feeds;
    }
  }
}
