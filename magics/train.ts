import { evaluate } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import type { Variant } from '../src/ledger/index.ts';
import { saveModel, writeModel } from '../src/onnx/index.ts';
import { exportTrainingGraph, type FitProgress, fit } from '../src/train/index.ts';
import { architectures } from '../src/zoo/index.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { datasetOf, identifier } from './resolve.ts';
import { trainFlags } from './train-flags.ts';
import { checkpointOptions, type FitFlags, fitFlags, writablePath } from './train-options.ts';
import { startingPoint } from './train-start.ts';

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
  run: runTrain,
};

const nameOf = ({ positionals: [model = ''], flags }: ParsedLine): string =>
  identifier(typeof flags.as === 'string' ? flags.as : model);

async function runTrain(line: ParsedLine, context: Context): Promise<Variant> {
  const data = await datasetOf(String(line.flags.data), context);
  const start = await startingPoint(line, { data, context });
  const name = nameOf(line);
  const options = optionsFor(line, start.made.architecture);
  const { signal } = context;
  // A folder that cannot be written must not cost the training.
  const ledger = await context.ledger();
  const kept = await checkpointOptions(line, context);
  const exported = line.flags['export-graph'];
  if (typeof exported === 'string')
    await saveModel(
      await exportTrainingGraph(start.model, { ...options, sample: data.sampleShape }),
      writablePath(exported, context),
    );
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
  const { accuracy, tested } = await testAccuracy(model, { data, bytes, signal });
  bar.done(accuracy === undefined ? report.lossMessage : `test accuracy ${(100 * accuracy).toFixed(2)} %`);
  const variant = await ledger.add({
    name,
    model: bytes,
    step: 'train',
    ...(start.parent && { parent: start.parent }),
    options: { ...options, ...start.made },
    data: data.name,
    metrics: accuracy === undefined ? {} : { accuracy },
    ...(tested !== undefined && { tested }),
  });
  variant.report = report;
  return variant;
}

/** The flags as `fit` takes them; an architecture that gives its input back learns that by its squared error. */
function optionsFor(line: ParsedLine, architecture: unknown): FitFlags {
  const options = fitFlags(line);
  const target = typeof architecture === 'string' ? architectures[architecture]?.target : undefined;
  return options.loss === undefined && target === 'input' ? { ...options, loss: 'mse' } : options;
}

/** Accuracy on the test split; none for a model that does not score the data set's classes. */
async function testAccuracy(
  model: Model,
  { data, bytes, signal }: { data: Dataset; bytes: Uint8Array; signal: AbortSignal },
): Promise<{ accuracy?: number; tested?: string }> {
  const shape = model.graph.outputs[0]?.shape;
  if (shape?.length !== 2 || shape[1] !== data.classNames.length || !data.splitNames.includes('test'))
    return {};
  const { accuracy, data: tested } = await evaluate(bytes, data, { signal });
  return { accuracy, tested };
}

/** `continues from cnn (97.30 %)`, since numbers that go on from others must not pass for a first run. */
function origin({ name, metrics: { accuracy } }: Variant): string {
  return `continues from ${name}${accuracy === undefined ? '' : ` (${(100 * accuracy).toFixed(2)} %)`}`;
}
