import { UsageError } from '../errors.ts';

/** How the learning rate moves over a training: a factor of it for each step. */
export interface Schedule {
  readonly name: string;
  /** `step` counts from 0 to `total` - 1. */
  factor(step: number, total: number): number;
}

export const constant = (): Schedule => ({ name: 'constant', factor: () => 1 });

/** Half a cosine from 1 down to `floor` (Loshchilov and Hutter 2016, arXiv 1608.03983, without restarts). */
export const cosine = ({ floor = 0 } = {}): Schedule => ({
  name: 'cosine',
  factor: (step, total) => floor + ((1 - floor) * (1 + Math.cos((Math.PI * step) / total))) / 2,
});

/** Times `decay` after each of `parts` equal parts of the training. */
export const step = ({ parts = 3, decay = 0.1 } = {}): Schedule => ({
  name: 'step',
  factor: (step, total) => decay ** Math.floor((step * parts) / total),
});

/**
 * Up from `start` to 1 in the first `rise` of the training, then down to `end`, on half cosines (Smith and Topin 2017,
 * arXiv 1708.07120, as in PyTorch's OneCycleLR without its cycle of the momentum).
 */
export const oneCycle = ({ rise = 0.3, start = 1 / 25, end = 1 / 250_000 } = {}): Schedule => ({
  name: 'one-cycle',
  factor(step, total) {
    const top = rise * total - 1;
    const between = (a: number, b: number, part: number): number =>
      b + ((a - b) * (1 + Math.cos(Math.PI * part))) / 2;
    if (step <= top) return between(start, 1, top > 0 ? step / top : 1);
    const rest = total - 1 - top;
    return between(1, end, rest > 0 ? (step - top) / rest : 1);
  },
});

/** 1 for a part of the training, then half a cosine down to 0: for a network that changes meanwhile, as pruning makes it. */
export const plateau = ({ hold = 0.5 } = {}): Schedule => ({
  name: `plateau of ${hold}`,
  factor(step, total) {
    const held = hold * total;
    return step < held ? 1 : (1 + Math.cos((Math.PI * (step - held)) / (total - held))) / 2;
  },
});

/** Straight up over the first `steps` steps, then `after` over what is left (Goyal et al. 2017, arXiv 1706.02677). */
export const warmUp = (steps: number, after: Schedule): Schedule => ({
  name: `${after.name} after ${steps} steps of warm-up`,
  factor: (step, total) =>
    step < steps ? (step + 1) / (steps + 1) : after.factor(step - steps, Math.max(1, total - steps)),
});

/** Schedules by the name that a user gives. */
export const schedules = { constant, cosine, step, 'one-cycle': oneCycle, plateau } as const;

export type ScheduleName = keyof typeof schedules;

/** Throws UsageError for an unknown name or a warm-up that is none. */
export function chosenSchedule(schedule: ScheduleName | Schedule, warmUpSteps: number): Schedule {
  if (typeof schedule === 'string' && !Object.hasOwn(schedules, schedule))
    throw UsageError.unknown('schedule', schedule, Object.keys(schedules));
  if (!Number.isInteger(warmUpSteps) || warmUpSteps < 0)
    throw new UsageError(`'warmUp' must be a whole number of steps of 0 or more, was ${warmUpSteps}`);
  const chosen = typeof schedule === 'string' ? schedules[schedule]() : schedule;
  return warmUpSteps > 0 ? warmUp(warmUpSteps, chosen) : chosen;
}
