import { UsageError } from '../../errors.ts';
import { describeLoss, type MaskSchedule } from '../../train/index.ts';
import { checkPruning, describePattern, maskWeights } from '../masks/mask-weights.ts';
import { type MaskScheduleOptions, pruningEnd } from './options.ts';
import { pruningSchedules } from './schedules.ts';

/**
 * Masks that grow while `fit` trains: give it as `masks`. Each time the weights of least importance go, and those that are
 * gone stay so. Throws UsageError for an option out of range.
 */
export function maskSchedule(options: MaskScheduleOptions = {}): MaskSchedule {
  const final = checkPruning(options);
  const { schedule: chosen = 'polynomial', begin = 0, end = pruningEnd, every, initial = 0 } = options;
  if (!Object.hasOwn(pruningSchedules, chosen))
    throw UsageError.unknown('pruning schedule', chosen, Object.keys(pruningSchedules));
  checkRange({ begin, end, every, initial, final });
  const schedule = pruningSchedules[chosen];
  const spanOf = (total: number) => spanSteps(total, { begin, end });
  return {
    name: describe({ ...options, schedule: chosen, begin, end, initial, sparsity: final }),
    steps: (total) => changes(schedule.isOnce, spanOf(total), every),
    masksAt: async ({ step, total, model, signal }) => {
      const { first, last } = spanOf(total);
      const progress = last > first ? Math.min(1, (step - first) / (last - first)) : 1;
      const sparsity = schedule.isOnce ? final : schedule.sparsity(progress, { initial, final });
      const { masks } = await maskWeights(model(), { ...options, sparsity, ...(signal && { signal }) });
      return masks;
    },
  };
}

/** Steps after which the first and the last change come. */
function spanSteps(total: number, { begin, end }: { begin: number; end: number }) {
  const first = Math.min(total - 1, Math.round(begin * total));
  return { first, last: Math.max(first, Math.min(total - 1, Math.round(end * total))) };
}

function changes(
  isOnce: boolean,
  { first, last }: { first: number; last: number },
  every = Math.max(1, Math.round((last - first) / 20)),
): number[] {
  if (isOnce) return [first];
  const steps = Array.from({ length: Math.ceil((last - first) / every) }, (_, i) => first + i * every);
  return [...steps, last];
}

interface Range {
  readonly begin: number;
  readonly end: number;
  readonly every: number | undefined;
  readonly initial: number;
  readonly final: number;
}

function checkRange({ begin, end, every, initial, final }: Range): void {
  if (!(begin >= 0 && begin < 1))
    throw new UsageError(`'begin' must be a share of the steps from 0 to below 1, was ${begin}`);
  if (!(end >= begin && end <= 1))
    throw new UsageError(`'end' must be a share of the steps from 'begin', ${begin}, to 1, was ${end}`);
  if (every !== undefined && !(Number.isInteger(every) && every >= 1))
    throw new UsageError(`'every' must be a whole number of steps of 1 or more, was ${every}`);
  if (!(initial >= 0 && initial <= final))
    throw new UsageError(`'initial' must be a share from 0 to that of the end, ${final}, was ${initial}`);
}

/** All that the masks depend on beside the weights. */
function describe(options: MaskScheduleOptions): string {
  const { schedule, sparsity, begin, end, initial, every, keep } = options;
  const { pattern = 'unstructured', importance = 'l1', scope = 'global' } = options;
  const measured = importance === 'taylor' || importance === 'fisher' ? gradientsOf(options) : {};
  const numbers = Object.entries({ sparsity, begin, end, initial, every, ...measured });
  const given = numbers.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  return [schedule, describePattern(pattern), importance, scope, ...given, ...(keep ?? [])].join(', ');
}

/** What gradients depend on: with another teacher, loss or other data a training is another. */
const gradientsOf = ({
  data,
  gradients: { samples, batchSize, seed, ...loss } = {},
}: MaskScheduleOptions) => ({
  ...{ samples, batchSize, seed },
  data: data && `${data.name}, ${data.size('train')} samples`,
  ...describeLoss(loss),
});
