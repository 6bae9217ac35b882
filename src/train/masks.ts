import { createHash } from 'node:crypto';
import { trainedConstants } from '../autodiff/index.ts';
import { UsageError } from '../errors.ts';
import { type Model, Tensor } from '../ir/index.ts';
import { constantsToInitializers } from '../passes/index.ts';

/** Which weights of a model stay: by name of the initializer one byte an element, 1 for those that stay, 0 for those that are 0. */
export type Masks = ReadonlyMap<string, Uint8Array>;

/** The point of a training at which masks are asked for. */
export interface MaskMoment {
  /** Steps taken so far: the masks hold from the next one on. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly total: number;
  /** A copy of the model as it is now: what is masked is 0. */
  model(): Model;
  readonly signal?: AbortSignal | undefined;
}

/** Masks that change while a model is trained. */
export interface MaskSchedule {
  /** All that the masks depend on, in words: a training goes on from a checkpoint only with the same. */
  readonly name: string;
  /** After how many steps, from 0 to below `total`, the masks change. */
  steps(total: number): readonly number[];
  /** The new masks. What was masked before stays so: its weights are 0, and so are they now. */
  masksAt(moment: MaskMoment): Masks | Promise<Masks>;
}

/** Whether masks change while a model is trained. */
export const isSchedule = (masks: Masks | MaskSchedule): masks is MaskSchedule => 'masksAt' in masks;

/**
 * Throws UsageError for a mask of something that is no trained constant of the model, or that has not one byte of 0 or 1
 * for each of its elements.
 */
export function checkMasks({ graph }: Model, masks: Masks): void {
  const trained = new Map(trainedConstants(graph).parameters.map((value) => [value.name, value.tensor!]));
  for (const [name, mask] of masks) {
    const tensor = trained.get(name);
    if (!tensor) throw UsageError.unknown('trained constant to mask', name, [...trained.keys()]);
    if (mask.length !== tensor.size)
      throw new UsageError(
        `The mask of '${name}' must have ${tensor.size} elements, as many as the constant, has ${mask.length}`,
      );
    const other = mask.find((byte) => byte > 1);
    if (other !== undefined)
      throw new UsageError(
        `The mask of '${name}' must be of 1 for what stays and 0 for what goes, holds ${other}`,
      );
  }
}

/** A model with what is masked from the start as 0. Throws UsageError for masks that do not fit it. */
export function withMasks(model: Model, masks: Masks | MaskSchedule | undefined): Model {
  if (!masks || isSchedule(masks)) return model;
  const start = constantsToInitializers(model);
  checkMasks(start, masks);
  return applyMasks(start, masks);
}

/** A copy of a model whose masked weights are 0 (never -0). */
export function applyMasks(model: Model, masks: Masks): Model {
  const copy = model.clone();
  for (const [name, mask] of masks) {
    const value = copy.graph.initializers.get(name)!;
    value.tensor = maskedTensor(value.tensor!, mask);
  }
  return copy;
}

/** A copy of a float32 tensor with 0 where a mask, bytes or a float32 vector of as many elements, is 0. */
export function maskedTensor(tensor: Tensor, mask: ArrayLike<number>): Tensor {
  const data = (tensor.data as Float32Array).slice();
  for (let i = 0; i < data.length; i++) if (mask[i] === 0) data[i] = 0;
  return Tensor.of('float32', data, tensor.shape);
}

/** What a checkpoint tells of masks. */
export function describeMasks(masks: Masks | MaskSchedule | undefined): string | undefined {
  if (!masks || isSchedule(masks)) return masks?.name;
  const hash = createHash('sha256');
  for (const [name, mask] of [...masks].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(name).update(mask);
  return hash.digest('hex').slice(0, 16);
}
