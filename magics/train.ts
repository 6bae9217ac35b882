import { evaluate } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Model } from '../src/ir/index.ts';
import { architecture, architectures } from '../src/layers/index.ts';
import type { Variant } from '../src/ledger/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { type FitOptions, fit } from '../src/train/index.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { datasetOf, identifier, variantOf } from './resolve.ts';

export const train: Magic<Variant> = {
  name: 'train',
  summary: 'Train a model on a data set and test it; a built-in architecture starts from random weights',
  positionals: [
    {
      name: 'model',
      summary: `a model of yours, which is trained on, or one of: ${Object.keys(architectures).join(', ')}`,
      required: true,
      completes: 'model',
      choices: Object.keys(architectures),
    },
  ],
  flags: [
    { name: 'data', kind: 'string', summary: 'data set', completes: 'dataset', default: 'mnist' },
    { name: 'epochs', kind: 'number', summary: 'passes over the training split', default: 1 },
    { name: 'batch', kind: 'number', summary: 'samples per step', default: 64 },
    {
      name: 'optimizer',
      kind: 'choice',
      choices: ['adam', 'sgd'],
      summary: 'sgd has momentum 0.9',
      default: 'adam',
    },
    { name: 'lr', kind: 'number', summary: 'learning rate; default 1e-3 for adam, 0.02 for sgd' },
    { name: 'seed', kind: 'number', summary: 'fixes initial weights and order of samples', default: 0 },
    { name: 'limit', kind: 'number', summary: 'use only the first samples' },
    {
      name: 'fresh',
      kind: 'switch',
      summary: 'start the architecture anew although a variable has its name',
    },
    { name: 'as', kind: 'string', summary: "name of the result; default: the model's name" },
  ],
  examples: ['%train cnn --data mnist --epochs 2', 'const better = %train cnn --lr 1e-4'],
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
  const bar = context.progress(`train ${name}`);
  const onProgress = bar.update.bind(bar);
  const { model, report } = await fit(start.model, data, { ...options, signal, onProgress });
  const bytes = writeModel(model);
  const { accuracy } = await evaluate(bytes, data, { signal });
  bar.done(`test accuracy ${(100 * accuracy).toFixed(2)} %`);
  const ledger = await context.ledger();
  const variant = await ledger.add({
    name,
    model: bytes,
    step: 'train',
    ...(start.parent && { parent: start.parent }),
    options: { ...options, ...(start.architecture && { architecture: start.architecture }) },
    data: data.name,
    metrics: { accuracy },
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

/** A variable's model, else a built-in architecture with fresh weights, else a variant of the ledger. */
async function startingPoint(
  { positionals: [name = ''], flags }: ParsedLine,
  { data, context }: { data: Dataset; context: Context },
): Promise<{ model: Model; parent?: Variant; architecture?: string }> {
  const known = context.variables.get(name);
  if (name in architectures && (known === undefined || flags.fresh)) {
    const { sampleShape: sample, classNames } = data;
    const model = architecture(name, { sample, classes: classNames.length, seed: flags.seed as number });
    return { model, architecture: name };
  }
  if (flags.fresh) throw UsageError.unknown('architecture', name, Object.keys(architectures));
  const parent = await variantOf(name, context);
  return { model: parent.model, parent };
}
