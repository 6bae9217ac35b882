import type { Dataset } from '../src/data/index.ts';
import type { ScoresCache } from '../src/distill/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Ledger, NewVariant, Variant } from '../src/ledger/index.ts';
import { readModel, writeModel } from '../src/onnx/index.ts';
import { runStep, type StepOptions, type StepOutcome } from '../src/recipe/index.ts';
import { distillWith } from '../src/recipe/steps/distill.ts';
import { train as trainStep } from '../src/recipe/steps/train.ts';
import type { Progress, WorkOptions } from '../src/report.ts';
import type { FitProgress } from '../src/train/index.ts';
import { cacheFile, distillFlags, distillOptions } from './distill-flags.ts';
import { checkStart, studentStart } from './distill-start.ts';
import { distilledAccuracies, distilledReport } from './distill-test.ts';
import { keptMessage, showCurve } from './kept.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { datasetOf, identifier, variantOf } from './resolve.ts';
import { fitFlags, inFlags } from './train-options.ts';
import type { StartingPoint } from './train-start.ts';

export const distill: Magic<Variant> = {
  name: 'distill',
  summary: 'Train a small model to do what a large one does, with labels or without',
  positionals: [
    { name: 'teacher', summary: 'a trained model', required: true, completes: 'model' },
    {
      name: 'student',
      summary:
        "a model of yours or a built-in architecture; left out with --width: the teacher's architecture at that width; with --from-pruned: the teacher, pruned",
      completes: 'model',
    },
  ],
  flags: distillFlags,
  examples: [
    '%distill cnn mobile --temperature 4 --alpha 0.9 --epochs 5',
    '%distill resnet20 resnet8 --loss kl,attention=1000 --flip --baseline',
    '%distill mobilenetv2 --width 0.35 --as small',
    '%distill resnet20 --from-pruned --macs 0.5 --epochs 3 --cache scores.bin',
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
  checkStart(line, { teacher, data });
  const scores = cacheFile(line, context);
  const start = await studentStart(line, { teacher, data, name, context });
  const { loss: _, ...fitted } = fitFlags(line);
  const job: Job = { name, data, teacher, start, fitted, scores, isFresh: line.flags.fresh === true };
  const options = { ...fitted, ...start.made, ...distillOptions(line) };
  const outcome = await distilled(job, options, context);
  const alone = line.flags.baseline ? await trainedAlone(job, context) : undefined;
  const models = {
    teacher: teacher.model,
    student: readModel(outcome.content),
    ...(alone && { 'labels alone': readModel(alone.content) }),
  };
  const accuracies = await distilledAccuracies(models, data, context.signal);
  const add = adder({ data, accuracies }, await context.ledger());
  const { parent } = start;
  if (alone)
    await add('labels alone', alone, {
      ...{ name: `${name}_alone`, step: 'train', options: { ...fitted, ...start.made } },
      ...(parent && { parent }),
    });
  const variant = await add('student', outcome, {
    ...{ name, step: 'distill', options, parent: parent ?? teacher, models: { teacher } },
  });
  variant.report = distilledReport(models, outcome.report!, { accuracies, data });
  return variant;
}

/** Puts what a training gave into the ledger, with what was tested of it. */
const adder =
  (
    { data, accuracies }: { data: Dataset; accuracies: Awaited<ReturnType<typeof distilledAccuracies>> },
    ledger: Ledger,
  ) =>
  (
    what: 'student' | 'labels alone',
    { content, dataHash }: StepOutcome,
    made: Pick<NewVariant, 'name' | 'step' | 'options' | 'parent' | 'models'>,
  ): Promise<Variant> =>
    ledger.add({
      ...{ ...made, model: content, data: data.name, ...(dataHash !== undefined && { dataHash }) },
      ...(accuracies && {
        metrics: { accuracy: accuracies[what]!.accuracy },
        tested: accuracies[what]!.data,
      }),
    });

interface Job {
  readonly name: string;
  readonly data: Dataset;
  readonly teacher: Variant;
  readonly start: StartingPoint;
  readonly fitted: StepOptions;
  /** Where the teacher's scores are kept, if in a file. */
  readonly scores: ScoresCache | undefined;
  readonly isFresh: boolean;
}

/** The student, by the step that a recipe replays: a fresh one is made from its architecture there. */
const distilled = (
  { name, data, teacher, start, scores, isFresh }: Job,
  options: StepOptions,
  context: Context,
): Promise<StepOutcome> =>
  shown(`distill ${teacher.name} into ${name}`, context, async (work) =>
    runStep(
      {
        ...{ step: distillWith(scores), options, data, models: { teacher: teacher.content() } },
        content: (start.parent ?? teacher).content(),
      },
      { ...work, cache: await context.ledger(), fresh: isFresh },
    ),
  );

/** The same student from the same weights, without the teacher. */
const trainedAlone = ({ name, data, start, fitted, isFresh }: Job, context: Context): Promise<StepOutcome> =>
  shown(`train ${name} by labels alone`, context, async (work) =>
    runStep(
      { step: trainStep, options: fitted, content: writeModel(start.model), data },
      { ...work, cache: await context.ledger(), fresh: isFresh },
    ),
  );

/** Runs a training below a progress bar and a curve. */
async function shown(
  label: string,
  context: Context,
  run: (work: WorkOptions) => Promise<StepOutcome>,
): Promise<StepOutcome> {
  const [bar, curve] = [context.progress(label), context.curve?.(label)];
  const onProgress = (progress: Progress & Partial<FitProgress>): void => {
    bar.update(progress);
    curve?.update(progress.steps ?? []);
  };
  const result = await run({ signal: context.signal, onProgress });
  curve?.done();
  bar.done(result.cached === undefined ? undefined : keptMessage(result.cached));
  if (result.cached !== undefined) showCurve(result.report, context);
  return result;
}
