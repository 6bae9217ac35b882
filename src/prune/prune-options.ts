import { UsageError } from '../errors.ts';
import type { Progress, WorkOptions } from '../report.ts';
import type { FitOptions, LossOptions, StepMetrics } from '../train/index.ts';
import type { ChannelOptions } from './channels.ts';
import { type Importance, importances } from './importance/index.ts';
import type { Pattern } from './masks/index.ts';
import type { PruningScheduleName } from './schedule/index.ts';
import { checkGoal } from './select/index.ts';

/** Progress, with the steps of a training since it was told last. */
export interface PruneProgress extends Progress {
  readonly steps?: readonly StepMetrics[];
}

/** How the model is trained while it is pruned and afterwards. */
export type TuningOptions = Omit<
  FitOptions,
  'epochs' | 'masks' | 'signal' | 'onProgress' | 'checkpoint' | 'resume' | 'keepInterrupted' | 'limit'
> & { readonly limit?: number };

export interface PruneOptions
  extends Pick<
      ChannelOptions,
      'sparsity' | 'macs' | 'latency' | 'scope' | 'roundTo' | 'minChannels' | 'keep' | 'samples'
    >,
    Omit<WorkOptions, 'onProgress'> {
  readonly onProgress?: (progress: PruneProgress) => void;
  /**
   * `channels` (default) makes the model smaller and faster everywhere; a pattern sets single weights to 0, which a
   * runtime must know to gain from.
   */
  readonly what?: 'channels' | Pattern;
  /** For n:m patterns: reorders channels first so that larger weights stay; the model computes the same. Default false. */
  readonly permute?: boolean;
  /** Channels: `l1`, `l2` (default), `taylor`, `fisher`, `bn` or one of your own. Weights: the first four, default `l1`. */
  readonly importance?: string | Importance;
  /** Default `oneshot` for channels, `polynomial` for weights. */
  readonly schedule?: PruningScheduleName;
  /** How often channels go where the schedule is not `oneshot`, with training between. Default 4, or one an epoch if there are fewer. */
  readonly rounds?: number;
  /** Passes over the training split, those between the rounds included; 0: no training. Default 1. */
  readonly epochs?: number;
  /**
   * Default: Adam at 1e-3 that falls to 0 as a half cosine, for single weights that go little by little only from where
   * the last are gone.
   */
  readonly training?: TuningOptions;
  /** Trains by the scores of the model as it was, instead of labels (Hinton et al. 2015). Default false. */
  readonly distill?: boolean;
  /** When aborted in the last training, gives what has been reached instead of throwing the signal's reason. */
  readonly keepInterrupted?: boolean;
}

/** What a training says of its loss, which importance by gradients is about as well; with `distill` it says nothing. */
export const lossOf = ({
  loss,
  target,
  teacher,
  classWeights,
  labelSmoothing,
}: TuningOptions = {}): LossOptions => ({
  ...(loss !== undefined && { loss }),
  ...(teacher !== undefined && { teacher }),
  ...(target !== undefined && { target }),
  ...(classWeights !== undefined && { classWeights }),
  ...(labelSmoothing !== undefined && { labelSmoothing }),
});

/** Throws UsageError for options that do not go together or are out of range. */
export function checkPruneOptions(options: PruneOptions): void {
  const { what = 'channels', epochs = 1, rounds, schedule = 'oneshot' } = options;
  checkWhole('epochs', epochs, 0);
  if (rounds !== undefined) checkWhole('rounds', rounds, 1);
  if (options.distill && options.training?.loss !== undefined)
    throw new UsageError(
      "'distill' learns the scores of the model as it was: leave the loss of the training out",
    );
  if (options.permute && typeof what === 'string')
    throw new UsageError(`'permute' is for patterns n:m such as {n: 2, m: 4}, 'what' was '${what}'`);
  if (what !== 'channels') checkWeights(options);
  else {
    if (hasGoal(options)) checkGoal(options);
    if (schedule !== 'oneshot') checkRounds(schedule, options);
  }
}

const hasGoal = ({ sparsity, macs, latency }: PruneOptions): boolean =>
  [sparsity, macs, latency].some((goal) => goal !== undefined);

/** Rounds need training between them. */
function checkRounds(schedule: string, { epochs = 1, rounds, latency }: PruneOptions): void {
  if (latency)
    throw new UsageError(
      `'latency' is reached in one go: leave the schedule '${schedule}' out, or say how many 'macs' stay`,
    );
  if (epochs < (rounds ?? 2))
    throw new UsageError(
      `The schedule '${schedule}' trains between its rounds: it needs at least ${rounds ?? 2} epochs, there are ${epochs}. Train longer, or take 'oneshot'`,
    );
}

/** What only channels have must not be given for weights. */
function checkWeights(options: PruneOptions): void {
  const { importance } = options;
  const alien = (['macs', 'latency', 'roundTo', 'minChannels', 'rounds'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (alien)
    throw new UsageError(
      `'${alien}' is for channels: single weights of 0 change neither the work nor the shapes of a model. Leave it out, or prune channels`,
    );
  if (importance === undefined || (typeof importance === 'string' && importance !== 'bn')) return;
  throw new UsageError(
    `Single weights have an importance of ${importances
      .filter(({ name }) => name !== 'bn')
      .map(({ name }) => name)
      .join(
        ', ',
      )}, was ${typeof importance === 'string' ? `'${importance}', which is for channels` : 'one of your own'}`,
  );
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new UsageError(`'${name}' must be a whole number of ${least} or more, was ${value}`);
}
