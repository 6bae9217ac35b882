import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import { saveModel, writeModel } from '../src/onnx/index.ts';
import { sha256 } from '../src/recipe/index.ts';
import { exportTrainingGraph, type FitProgress, fit, isRegression } from '../src/train/index.ts';
import { architectures } from '../src/zoo/index.ts';
import { keptOrMade } from './kept.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { datasetOf, identifier } from './resolve.ts';
import { trainFlags } from './train-flags.ts';
import { checkpointOptions, type FitFlags, fitFlags, inFlags, writablePath } from './train-options.ts';
import { type StartingPoint, startingPoint } from './train-start.ts';
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
    '%train mobilenetv2 --width 0.35 --epochs 20 --schedule cosine --checkpoint run.ckpt',
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
  const label = `train ${name}${start.parent ? `, ${origin(start.parent)}` : ''}`;
  const input = {
    ...{ step: 'train', options: { ...options, ...start.made }, label, name, data, parent: start.parent },
    model: sha256(writeModel(start.model)),
    // Files beside the result are wanted too.
    isFresh: [line.flags.fresh, line.flags.checkpoint, line.flags['export-graph']].some(Boolean),
  };
  return keptOrMade(input, context, async () => {
    const made = await trained({ line, label, data, start, options }, context);
    return { ...made, step: 'train', options: input.options };
  });
}

interface Job {
  readonly line: ParsedLine;
  readonly label: string;
  readonly data: Dataset;
  readonly start: StartingPoint;
  readonly options: FitFlags;
}

async function trained({ line, label, data, start, options }: Job, context: Context) {
  const { signal } = context;
  const test = plannedTest(start.model, data, options);
  const kept = await checkpointOptions(line, context);
  const exported = line.flags['export-graph'];
  if (typeof exported === 'string')
    await saveModel(await exportTrainingGraph(start.model, options, data), writablePath(exported, context));
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
  return { model: bytes, metrics, ...(tested !== undefined && { tested }), report: told };
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
