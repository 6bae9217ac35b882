import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import { runStep, type StepOptions } from '../src/recipe/index.ts';
import { prune as pruneStep } from '../src/recipe/steps/prune.ts';
import { headed } from '../src/recipe/steps/train.ts';
import { keptMessage } from './kept.ts';
import type { Context, ParsedLine } from './magic.ts';
import { inPruneFlags } from './prune-options.ts';
import { architectureNameOf, type StartingPoint, startingPoint } from './train-start.ts';

interface Place {
  readonly teacher: Variant;
  readonly data: Dataset;
  /** Of the student. */
  readonly name: string;
  readonly context: Context;
}

/** Throws UsageError for flags that contradict each other, before any work. */
export function checkStart(
  { positionals: [, student], flags }: ParsedLine,
  { teacher, data }: Pick<Place, 'teacher' | 'data'>,
): void {
  const isGiven = (name: string): boolean => flags[name] !== undefined && flags[name] !== false;
  const { labels, targets } = data.split('train');
  if (flags.baseline && labels === undefined && targets === undefined)
    throw new UsageError(
      `%distill: --baseline trains the student by labels alone, '${data.name}' has neither labels nor targets: leave --baseline out, or choose labelled data`,
    );
  if (flags['from-scratch'] && flags.continue)
    throw new UsageError(
      '%distill: --from-scratch and --continue contradict: the one drops the weights of the student, the other keeps them',
    );
  if (!flags['from-pruned']) {
    const alien = ['macs', 'sparsity', 'round-to'].find(isGiven);
    if (alien === undefined) return;
    throw new UsageError(
      `%distill: --${alien} says how far --from-pruned prunes the teacher: give --from-pruned too, or leave it out`,
    );
  }
  if (student !== undefined)
    throw new UsageError(
      `%distill: --from-pruned makes the student of '${teacher.name}': leave '${student}' out, or --from-pruned`,
    );
  const alien = ['from-scratch', 'width', 'continue', 'classes'].find(isGiven);
  if (alien !== undefined)
    throw new UsageError(
      `%distill: --from-pruned takes the weights of '${teacher.name}', --${alien} does not: leave one out`,
    );
}

/** What the student begins as: the teacher pruned, or a model or architecture, with its weights or fresh ones. */
export async function studentStart(line: ParsedLine, place: Place): Promise<StartingPoint> {
  const { teacher, data, context } = place;
  const { flags } = line;
  if (flags['from-pruned']) return prunedStart(line, place);
  const student = line.positionals[1] ?? architectureOf(teacher, line);
  const start = await startingPoint({ ...line, positionals: [student] }, { data, context });
  // What is made from an architecture here is fresh as it is.
  if (!flags['from-scratch'] || !start.parent) return start;
  const made = { ...start.made, fromScratch: true };
  return { ...start, made, model: headed(start.parent.model, { ...made, seed: Number(flags.seed) }) };
}

/** A variant of its own, by the step that a recipe replays: no training, only statistics of what is left. */
async function prunedStart(
  { flags }: ParsedLine,
  { teacher, data, name, context }: Place,
): Promise<StartingPoint> {
  const sparsity = flags.sparsity ?? (flags.macs === undefined ? 0.5 : undefined);
  const options: StepOptions = {
    ...{ what: 'channels', epochs: 0 },
    ...(sparsity !== undefined && { sparsity: Number(sparsity) }),
    ...(flags.macs !== undefined && { macs: Number(flags.macs) }),
    ...(flags['round-to'] !== undefined && { roundTo: Number(flags['round-to']) }),
  };
  const ledger = await context.ledger();
  const bar = context.progress(`prune ${teacher.name}`);
  const { content, dataHash, cached, report } = await runStep(
    { step: pruneStep, options, content: teacher.content(), data },
    {
      ...{ signal: context.signal, cache: ledger, fresh: flags.fresh === true },
      onProgress: (progress) => bar.update(progress),
    },
  ).catch((error) => {
    throw error instanceof UsageError ? new UsageError(inPruneFlags(error.message), { cause: error }) : error;
  });
  bar.done(cached === undefined ? undefined : keptMessage(cached));
  const parent = await ledger.add({
    ...{ name: `${name}_start`, step: 'prune', model: content, options, parent: teacher, data: data.name },
    ...(dataHash !== undefined && { dataHash }),
  });
  if (report) parent.report = report;
  const made: StepOptions = flags['fold-bn'] ? { foldBatchNorm: true } : {};
  return { parent, made, model: headed(parent.model, made) };
}

/** The built-in architecture that a teacher descends from, to be scaled. */
function architectureOf(teacher: Variant, { flags }: ParsedLine): string {
  const architecture = architectureNameOf(teacher);
  if (flags.width !== undefined && architecture !== undefined) return architecture;
  throw new UsageError(
    flags.width === undefined
      ? '%distill needs a STUDENT: a model of yours, a built-in architecture, --width to scale that of the teacher, or --from-pruned'
      : `%distill --width scales a built-in architecture, '${teacher.name}' descends from none: name a STUDENT`,
  );
}
