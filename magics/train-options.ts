import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../src/errors.ts';
import type { Json } from '../src/ledger/index.ts';
import {
  type AugmentOptions,
  type FitOptions,
  loadCheckpoint,
  type ScheduleName,
  saveCheckpoint,
} from '../src/train/index.ts';
import type { Context, ParsedLine } from './magic.ts';
import { filePath } from './resolve.ts';

/** What `fit` takes that flags can say; all of it can be written to the ledger. */
export type FitFlags = Pick<
  FitOptions,
  | 'epochs'
  | 'batchSize'
  | 'learningRate'
  | 'weightDecay'
  | 'warmUp'
  | 'clipNorm'
  | 'labelSmoothing'
  | 'classWeights'
  | 'target'
  | 'freeze'
  | 'freezeBatchNorm'
  | 'validation'
  | 'patience'
  | 'seed'
  | 'limit'
> & { readonly [key: string]: Json } & {
  optimizer?: 'adam' | 'adamw' | 'sgd' | 'nesterov';
  schedule?: ScheduleName;
  loss?: 'ce' | 'bce' | 'mse' | 'huber';
  augment?: { readonly [name in keyof AugmentOptions]: number };
};

/** The flags that were given, in the words of `fit`. */
export function fitFlags({ flags }: ParsedLine): FitFlags {
  const { epochs, batch: batchSize, optimizer, lr: learningRate, seed, limit } = flags;
  const { schedule, warmup: warmUp, clip: clipNorm, loss, smoothing: labelSmoothing } = flags;
  const { validation, patience } = flags;
  const augment = given({
    ...{ shift: flags.shift, crop: flags.crop, noise: flags.noise, mixup: flags.mixup },
    flip: flags.flip ? 0.5 : undefined,
  });
  return given({
    ...{ epochs, batchSize, optimizer, learningRate, seed, limit, schedule, warmUp, clipNorm, loss },
    ...{ labelSmoothing, validation, patience, weightDecay: flags['weight-decay'] },
    freeze: typeof flags.freeze === 'string' ? flags.freeze.split(',').map((glob) => glob.trim()) : undefined,
    freezeBatchNorm: flags['freeze-bn'] || undefined,
    classWeights:
      typeof flags['class-weights'] === 'string' ? classWeights(flags['class-weights']) : undefined,
    augment: Object.keys(augment).length > 0 ? augment : undefined,
  }) as FitFlags;
}

/** `balanced`, or numbers with commas; `fit` checks them against the classes. */
function classWeights(text: string): 'balanced' | readonly number[] {
  if (text === 'balanced') return text;
  const weights = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (weights.every((weight) => Number.isFinite(weight))) return weights;
  throw new UsageError(
    `%train: --class-weights must be 'balanced' or a number for each class, as 1,2.5,1, was '${text}'`,
  );
}

const given = (options: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** What `fit` needs to keep checkpoints and to go on from one. Throws UsageError for a file that cannot be. */
export async function checkpointOptions(
  { flags: { checkpoint, resume } }: ParsedLine,
  context: Pick<Context, 'cwd'>,
): Promise<Pick<FitOptions, 'checkpoint' | 'resume'>> {
  if (typeof checkpoint !== 'string') {
    if (resume) throw new UsageError('%train --resume needs the file to go on from: --checkpoint FILE');
    return {};
  }
  const path = writablePath(checkpoint, context);
  const save = {
    checkpoint: { save: (state: Parameters<typeof saveCheckpoint>[0]) => saveCheckpoint(state, path) },
  };
  return resume ? { ...save, resume: await loadCheckpoint(path) } : save;
}

/** The absolute path of a file to write. Throws UsageError if its folder is not there. */
export function writablePath(file: string, context: Pick<Context, 'cwd'>): string {
  const path = filePath(file, context);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`'${file}' must be a file, is a folder: name a file in it`);
  if (existsSync(dirname(path))) return path;
  throw new UsageError(`'${file}' cannot be written: there is no folder '${dirname(path)}', make it first`);
}

/** Flags whose option has another name. */
const flagOf: Readonly<Record<string, string>> = {
  learningRate: 'lr',
  batchSize: 'batch',
  weightDecay: 'weight-decay',
  warmUp: 'warmup',
  clipNorm: 'clip',
  labelSmoothing: 'smoothing',
  classWeights: 'class-weights',
  freezeBatchNorm: 'freeze-bn',
};
const sameName =
  'epochs|optimizer|schedule|loss|freeze|validation|patience|seed|limit|shift|crop|noise|mixup|classes';
const options = new RegExp(`'(${Object.keys(flagOf).join('|')}|${sameName})'`, 'g');

/** What `fit` says of its options, for who writes flags. */
export const inFlags = (message: string): string =>
  message.replace(options, (_, name: string) => `--${flagOf[name] ?? name}`);
