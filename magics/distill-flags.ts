import { type DistillLoss, distillLosses, fileCache, type ScoresCache } from '../src/distill/index.ts';
import { UsageError } from '../src/errors.ts';
import type { StepOptions } from '../src/recipe/index.ts';
import type { Context, Flag, ParsedLine } from './magic.ts';
import { trainFlags } from './train-flags.ts';
import { writablePath } from './train-options.ts';

/** Flags of `%train` that are not for a distillation, or mean something else. */
const others = new Set(['data', 'loss', 'checkpoint', 'resume', 'export-graph']);

/** What `--cache` is without a file. */
const inMemory = '';

/** The flags of `%distill`: its own, then those of `%train`. */
export const distillFlags: readonly Flag[] = [
  { name: 'data', kind: 'string', summary: "data set; default: the teacher's", completes: 'dataset' },
  { name: 'temperature', kind: 'number', summary: 'softens the scores that kl compares', default: 3 },
  {
    name: 'alpha',
    kind: 'number',
    summary: 'share of the teacher, the rest is that of the labels; default 0.5, without labels 1',
  },
  {
    name: 'loss',
    kind: 'string',
    summary: `what is compared: ${Object.keys(distillLosses).join(', ')}; several as kl,attention=1000 with their weights`,
  },
  {
    name: 'features',
    kind: 'string',
    summary: 'values that feature, attention and relational compare, as teacherValue=studentValue,...',
  },
  {
    name: 'from-pruned',
    kind: 'switch',
    summary: 'the student is the teacher without its least important channels, and keeps the other weights',
  },
  { name: 'macs', kind: 'number', summary: 'of --from-pruned: share of the multiply-accumulates that stay' },
  {
    name: 'sparsity',
    kind: 'number',
    summary: 'of --from-pruned: share of the channels that go; default 0.5 where --macs is not given',
  },
  {
    ...{ name: 'round-to', kind: 'number', integer: true, min: 1 },
    summary: 'of --from-pruned: what is left of a group is a multiple of this',
  },
  {
    name: 'from-scratch',
    kind: 'switch',
    summary: 'the student starts with fresh weights even where it has some, by --seed',
  },
  {
    ...{ name: 'cache', kind: 'string', bare: inMemory, completes: 'file' },
    summary:
      "compute the teacher's scores once for each sample; kept in memory, or in a FILE for other trainings",
  },
  {
    name: 'baseline',
    kind: 'switch',
    summary: 'also train the same student by the labels alone, and compare',
  },
  ...trainFlags.filter(({ name }) => !others.has(name)),
];

/** The flags in the words of the step `distill`. Throws UsageError for lists that are none. */
export function distillOptions({ flags }: ParsedLine): StepOptions {
  const { temperature, alpha } = flags as { temperature?: number; alpha?: number };
  const losses = typeof flags.loss === 'string' ? lossesOf(flags.loss) : undefined;
  const features =
    typeof flags.features === 'string'
      ? flags.features.split(',').map((pair) => {
          const [teacher = '', student = '', ...more] = pair.split('=').map((word) => word.trim());
          if (teacher && student && more.length === 0) return { teacher, student };
          throw new UsageError(
            `%distill: --features must be teacherValue=studentValue,..., '${pair}' is none`,
          );
        })
      : undefined;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(alpha !== undefined && { alpha }),
    ...(losses && { losses }),
    ...(features && { features }),
    ...(flags.cache !== undefined && { cache: true }),
  };
}

function lossesOf(text: string): Partial<Record<DistillLoss, number>> {
  const entries = text.split(',').map((part) => {
    const [name = '', weight] = part.split('=').map((word) => word.trim());
    if (!Object.hasOwn(distillLosses, name))
      throw UsageError.unknown('loss of %distill', name, Object.keys(distillLosses));
    return [name, weight === undefined ? distillLosses[name as DistillLoss] : Number(weight)] as const;
  });
  return Object.fromEntries(entries);
}

/** The file that `--cache` names. Throws UsageError if it cannot be written. */
export const cacheFile = ({ flags: { cache } }: ParsedLine, context: Context): ScoresCache | undefined =>
  typeof cache === 'string' && cache !== inMemory
    ? fileCache(writablePath(cache, context), cache)
    : undefined;
