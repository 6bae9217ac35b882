import { distill as distillModel } from '../src/distill/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Model } from '../src/ir/index.ts';
import type { Json, Variant } from '../src/ledger/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { type FitProgress, fit } from '../src/train/index.ts';
import { distillFlags, distillOptions } from './distill-flags.ts';
import { distilledAccuracies, distilledReport } from './distill-test.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { datasetOf, identifier, variantOf } from './resolve.ts';
import { fitFlags, inFlags } from './train-options.ts';
import { startingPoint } from './train-start.ts';

export const distill: Magic<Variant> = {
  name: 'distill',
  summary: 'Train a small model to do what a large one does, with labels or without',
  positionals: [
    { name: 'teacher', summary: 'a trained model', required: true, completes: 'model' },
    {
      name: 'student',
      summary: "a model of yours or a built-in architecture; left out with --width: the teacher's, scaled",
      completes: 'model',
    },
  ],
  flags: distillFlags,
  examples: [
    '%distill cnn mobile --temperature 4 --alpha 0.9 --epochs 5',
    '%distill resnet20 resnet8 --loss kl,attention=1000 --flip --baseline',
    '%distill mobilenetv2 --width 0.35 --as small',
  ],
  result: 'Variant',
  binds: (line) => nameOf(line),
  run: async (line, context) => {
    try {
      return await runDistill(line, context);
    } catch (error) {
      throw error instanceof UsageError ? new UsageError(inFlags(error.message), { cause: error }) : error;
    }
  },
};

const nameOf = ({ positionals: [teacher = '', student], flags }: ParsedLine): string =>
  identifier(typeof flags.as === 'string' ? flags.as : (student ?? `${teacher}_student`));

async function runDistill(line: ParsedLine, context: Context): Promise<Variant> {
  const teacher = await variantOf(line.positionals[0]!, context);
  const data = await datasetOf(String(line.flags.data ?? teacher.data ?? 'mnist'), context);
  const name = nameOf(line);
  const student = line.positionals[1] ?? architectureOf(teacher, line);
  const start = await startingPoint({ ...line, positionals: [student] }, { data, context });
  const { loss: _, ...fitted } = fitFlags(line);
  const { recorded, ...own } = distillOptions(line);
  const ledger = await context.ledger();
  const { signal } = context;
  const { model, report } = await shown(`distill ${teacher.name} into ${name}`, context, (onProgress) =>
    distillModel(teacher.model, start.model, data, { ...fitted, ...own, signal, onProgress }),
  );
  const alone = line.flags.baseline
    ? await shown(`train ${name} by labels alone`, context, (onProgress) =>
        fit(start.model, data, { ...fitted, signal, onProgress }),
      )
    : undefined;
  const models = { teacher: teacher.model, student: model, ...(alone && { 'labels alone': alone.model }) };
  const accuracies = await distilledAccuracies(models, data, signal);
  const add = (as: string, what: keyof typeof models, step: string, options: object): Promise<Variant> =>
    ledger.add({
      ...{ name: as, model: writeModel(models[what] as Model), step, data: data.name },
      ...(start.parent && { parent: start.parent }),
      options: { ...fitted, ...start.made, ...options } as Record<string, Json>,
      ...(accuracies && {
        metrics: { accuracy: accuracies[what]!.accuracy },
        tested: accuracies[what]!.data,
      }),
    });
  if (alone) await add(`${name}_alone`, 'labels alone' as never, 'train', {});
  const variant = await add(name, 'student', 'distill', { ...recorded, teacher: teacher.id });
  variant.report = distilledReport(models, report, { accuracies, data });
  return variant;
}

/** Runs a training below a progress bar and a curve. */
async function shown<T>(
  label: string,
  context: Context,
  run: (onProgress: (progress: FitProgress) => void) => Promise<T>,
): Promise<T> {
  const [bar, curve] = [context.progress(label), context.curve?.(label)];
  const result = await run((progress) => {
    bar.update(progress);
    curve?.update(progress.steps);
  });
  curve?.done();
  bar.done();
  return result;
}

/** The built-in architecture that a teacher descends from, to be scaled. */
function architectureOf(teacher: Variant, { flags }: ParsedLine): string {
  const { architecture } = teacher.lineage()[0]!.options;
  if (flags.width !== undefined && typeof architecture === 'string') return architecture;
  throw new UsageError(
    flags.width === undefined
      ? '%distill needs a STUDENT: a model of yours, a built-in architecture, or --width to scale that of the teacher'
      : `%distill --width scales a built-in architecture, '${teacher.name}' descends from none: name a STUDENT`,
  );
}
