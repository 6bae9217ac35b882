import { evaluate } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Model } from '../src/ir/index.ts';
import { Variant } from '../src/ledger/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { type FitOptions, type FitProgress, fit } from '../src/train/index.ts';
import { architecture, architectures } from '../src/zoo/index.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { datasetOf, findVariant, identifier, variantOf } from './resolve.ts';

export const train: Magic<Variant> = {
  name: 'train',
  summary: 'Train a model on a data set and test it; a built-in architecture starts from random weights',
  positionals: [
    {
      name: 'model',
      summary: `a model of yours, which is trained on, or to start anew one of: ${Object.keys(architectures).join(', ')}`,
      required: true,
      completes: 'model',
      choices: Object.keys(architectures),
    },
  ],
  flags: [
    { name: 'data', kind: 'string', summary: 'data set', completes: 'dataset', default: 'mnist' },
    {
      name: 'epochs',
      kind: 'number',
      min: 1,
      integer: true,
      summary: 'passes over the training split',
      default: 1,
    },
    { name: 'batch', kind: 'number', min: 1, integer: true, summary: 'samples per step', default: 64 },
    {
      name: 'optimizer',
      kind: 'choice',
      choices: ['adam', 'sgd'],
      summary: 'sgd has momentum 0.9',
      default: 'adam',
    },
    { name: 'lr', kind: 'number', summary: 'learning rate; default 1e-3 for adam, 0.02 for sgd' },
    {
      name: 'seed',
      kind: 'number',
      integer: true,
      summary: 'fixes initial weights and order of samples',
      default: 0,
    },
    { name: 'limit', kind: 'number', min: 1, integer: true, summary: 'use only the first samples' },
    {
      name: 'continue',
      kind: 'switch',
      summary: 'train a built-in architecture on from where it is, instead of anew',
    },
    { name: 'as', kind: 'string', summary: "name of the result; default: the model's name" },
  ],
  examples: ['%train cnn --data mnist --epochs 2', 'const better = %train cnn --continue --lr 1e-4'],
  result: 'Variant',
  binds: (line) => nameOf(line),
  run: runTrain,
};

const nameOf = ({ positionals: [model = ''], flags }: ParsedLine): string =>
  identifier(typeof flags.as === 'string' ? flags.as : model);

async function runTrain(line: ParsedLine, context: Context): Promise<Variant> {
  const data = await datasetOf(String(line.flags.data), context);
  const start = await startingPoint(line, { data, context });
  const name = nameOf(line);
  const options = fitOptions(line);
  const { signal } = context;
  // A folder that cannot be written must not cost the training.
  const ledger = await context.ledger();
  const label = `train ${name}${start.parent ? `, ${origin(start.parent)}` : ''}`;
  const bar = context.progress(label);
  const curve = context.curve?.(label);
  const onProgress = (progress: FitProgress): void => {
    bar.update(progress);
    curve?.update(progress.steps);
  };
  const { model, report } = await fit(start.model, data, { ...options, signal, onProgress });
  curve?.done();
  const bytes = writeModel(model);
  const { accuracy, data: tested } = await evaluate(bytes, data, { signal });
  bar.done(`test accuracy ${(100 * accuracy).toFixed(2)} %`);
  const variant = await ledger.add({
    name,
    model: bytes,
    step: 'train',
    ...(start.parent && { parent: start.parent }),
    options: { ...options, ...(start.architecture && { architecture: start.architecture }) },
    data: data.name,
    metrics: { accuracy },
    tested,
  });
  variant.report = report;
  return variant;
}

/** What `fit` takes that flags can say; all of it can be written to the ledger. */
type FitFlags = Omit<FitOptions, 'optimizer' | 'signal' | 'onProgress'> & { optimizer?: 'adam' | 'sgd' };

/** The flags that were given, in the words of `fit`. */
function fitOptions({ flags }: ParsedLine) {
  const { epochs, batch: batchSize, optimizer, lr: learningRate, seed, limit } = flags;
  const options = { epochs, batchSize, optimizer, learningRate, seed, limit };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as FitFlags;
}

/** `continues from cnn (97.30 %)`, since numbers that go on from others must not pass for a first run. */
function origin({ name, metrics: { accuracy } }: Variant): string {
  return `continues from ${name}${accuracy === undefined ? '' : ` (${(100 * accuracy).toFixed(2)} %)`}`;
}

/**
 * A built-in architecture with fresh weights, so that a cell gives the same when it is run again; with --continue, or
 * if a model of another origin has the name, that of the variable or of the ledger.
 */
async function startingPoint(
  { positionals: [name = ''], flags }: ParsedLine,
  { data, context }: { data: Dataset; context: Context },
): Promise<{ model: Model; parent?: Variant; architecture?: string }> {
  const known = context.variables.get(name);
  const builtIn = Object.hasOwn(architectures, name) && (known === undefined || isMadeFrom(name, known));
  if (builtIn && !flags.continue) {
    const { sampleShape: sample, classNames } = data;
    const model = architecture(name, { sample, classes: classNames.length, seed: flags.seed as number });
    return { model, architecture: name };
  }
  if (builtIn && known === undefined && !findVariant(await context.ledger(), name))
    throw new UsageError(
      `%train ${name} --continue needs a trained '${name}', there is none: leave --continue out`,
    );
  const parent = await variantOf(name, context);
  return { model: parent.model, parent };
}

const isMadeFrom = (name: string, value: unknown): boolean =>
  value instanceof Variant && value.lineage()[0]?.options.architecture === name;
