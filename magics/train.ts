import { type Dataset, fingerprint } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import { saveModel, writeModel } from '../src/onnx/index.ts';
import { exportTrainingGraph, type FitProgress, fit, isRegression } from '../src/train/index.ts';
import { architectures } from '../src/zoo/index.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { datasetOf, identifier } from './resolve.ts';
import { trainFlags } from './train-flags.ts';
import { checkpointOptions, type FitFlags, fitFlags, inFlags, writablePath } from './train-options.ts';
import { startingPoint } from './train-start.ts';
import { plannedTest } from './train-test.ts';

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
  flags: trainFlags,
  examples: [
    '%train cnn --data mnist --epochs 2',
    'const better = %train cnn --continue --lr 1e-4',
    "%train net --data photos --classes 3 --freeze 'features.*' --lr 1e-4",
    '%train mobilenetv2 --width 0.35 --epochs 20 --schedule cosine --checkpoint run.ckpt --resume',
  ],
  result: 'Variant',
  binds: (line) => nameOf(line),
  run: async (line, context) => {
    try {
      return await runTrain(line, context);
    } catch (error) {
      throw error instanceof UsageError ? new UsageError(inFlags(error.message), { cause: error }) : error;
    }
  },
};

const nameOf = ({ positionals: [model = ''], flags }: ParsedLine): string =>
  identifier(typeof flags.as === 'string' ? flags.as : model);

async function runTrain(line: ParsedLine, context: Context): Promise<Variant> {
  const data = await datasetOf(String(line.flags.data), context);
  const start = await startingPoint(line, { data, context });
  const name = nameOf(line);
  const options = optionsFor(line, { architecture: start.made.architecture, data });
  const test = plannedTest(start.model, data, options);
  const { signal } = context;
  // A folder that cannot be written must not cost the training.
  const ledger = await context.ledger();
  const kept = await checkpointOptions(line, context);
  const exported = line.flags['export-graph'];
  if (typeof exported === 'string')
    await saveModel(await exportTrainingGraph(start.model, options, data), writablePath(exported, context));
  const label = `train ${name}${start.parent ? `, ${origin(start.parent)}` : ''}`;
  const bar = context.progress(label);
  const curve = context.curve?.(label);
  const onProgress = (progress: FitProgress): void => {
    bar.update(progress);
    curve?.update(progress.steps);
  };
  const { model, report } = await fit(start.model, data, { ...options, ...kept, signal, onProgress });
  curve?.done();
  const bytes = writeModel(model);
  const { metrics, tested, message, report: told } = await test({ model, bytes, report }, signal);
  bar.done(message);
  const variant = await ledger.add({
    name,
    model: bytes,
    step: 'train',
    ...(start.parent && { parent: start.parent }),
    options: { ...options, ...start.made },
    data: data.name,
    dataHash: await fingerprint(data),
    metrics,
    ...(tested !== undefined && { tested }),
  });
  variant.report = told;
  return variant;
}

/** The flags as `fit` takes them; numbers, and the input of an architecture that gives it back, are learned by their squared error. */
function optionsFor(
  line: ParsedLine,
  { architecture, data }: { architecture: unknown; data: Dataset },
): FitFlags {
  const options = fitFlags(line);
  const target = typeof architecture === 'string' ? architectures[architecture]?.target : undefined;
  if (target === 'input') return { ...options, target, loss: options.loss ?? 'mse' };
  return options.loss === undefined && isRegression(data) ? { ...options, loss: 'mse' } : options;
}

/** `continues from cnn (97.30 %)`, since numbers that go on from others must not pass for a first run. */
function origin({ name, metrics: { accuracy } }: Variant): string {
  return `continues from ${name}${accuracy === undefined ? '' : ` (${(100 * accuracy).toFixed(2)} %)`}`;
}
