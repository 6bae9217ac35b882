import type { TrainingGraph } from '../autodiff/index.ts';
import { UsageError } from '../errors.ts';
import type { Model, Tensor } from '../ir/index.ts';
import { checkMasks, isSchedule, type MaskSchedule, type Masks, maskedTensor } from './masks.ts';
import { type TrainingState, withState } from './trainer.ts';

/** When and how the masks of a training change. */
export interface MaskChanges {
  /** After so many steps each. */
  readonly steps: ReadonlySet<number>;
  /** The state with the masks that hold from a step on. */
  at(step: number, state: TrainingState): Promise<TrainingState>;
}

interface MaskedTraining {
  readonly base: Model;
  readonly graph: Pick<TrainingGraph, 'parameters' | 'buffers'>;
  /** Steps. */
  readonly total: number;
  readonly signal?: AbortSignal | undefined;
}

/** The changes that a schedule makes. Throws UsageError for steps that the training does not have. */
export function maskChanges(schedule: MaskSchedule, training: MaskedTraining): MaskChanges {
  const { base, graph, total, signal } = training;
  const steps = schedule.steps(total);
  const outside = steps.find((step) => !(Number.isInteger(step) && step >= 0 && step < total));
  if (outside !== undefined)
    throw new UsageError(
      `Masks must change after 0 to ${total - 1} of the ${total} steps of the training, '${schedule.name}' changes them after ${outside}`,
    );
  return {
    steps: new Set(steps),
    async at(step, state) {
      const model = (): Model => withState(base, graph, state);
      const masks = await schedule.masksAt({ step, total, model, signal });
      checkMasks(base, masks);
      checkTrained(masks, graph);
      return maskedState(state, graph.parameters.packMasks(masks));
    },
  };
}

function checkTrained(masks: Masks, { parameters }: Pick<TrainingGraph, 'parameters'>): void {
  const trained = new Set(parameters.slots.map(({ name }) => name));
  const frozen = [...masks.keys()].find((name) => !trained.has(name));
  if (frozen === undefined) return;
  throw new UsageError(
    `A mask that changes must be of weights that are trained, '${frozen}' is frozen: leave it out of one of the two`,
  );
}

/** A state whose weights and moments are 0 where the mask or the one before it is 0. */
function maskedState(state: TrainingState, given: Tensor): TrainingState {
  const mask = state.mask ? maskedTensor(given, state.mask.data as Float32Array) : given;
  const bits = mask.data as Float32Array;
  const entries = Object.entries(state).map(([name, tensor]) => [
    name,
    name === 'buffers' ? tensor : maskedTensor(tensor, bits),
  ]);
  return { ...Object.fromEntries(entries), mask };
}

/** The masks of a state: of the constants of which something is masked. */
export function masksOf({ parameters }: Pick<TrainingGraph, 'parameters'>, { mask }: TrainingState): Masks {
  const masks = [...(mask ? parameters.unpack(mask) : [])].map(
    ([name, { data }]) => [name, Uint8Array.from(data as Float32Array)] as const,
  );
  return new Map(masks.filter(([, bytes]) => bytes.includes(0)));
}

/** What the state of a masked training has beside that of any other. */
export function initialMask(
  masks: Masks | MaskSchedule | undefined,
  { parameters }: Pick<TrainingGraph, 'parameters'>,
): TrainingState {
  return masks ? { mask: parameters.packMasks(isSchedule(masks) ? new Map() : masks) } : {};
}
