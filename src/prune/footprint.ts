import type { Model } from '../ir/index.ts';
import { modelCost } from '../ops/index.ts';
import { type StoredSize, storedSize } from './stored-size.ts';

/** What a model takes. */
export interface Footprint extends StoredSize {
  /** Multiply-accumulates for one sample, zeros counted like any other weight: that is what kernels do. */
  readonly macs: number;
}

/** Counts a model's work and its file; the work is that of `settled`, where some of the model's shapes are computed. */
export function footprintOf(model: Model, settled = model): Footprint {
  const { macs, batch } = modelCost(settled);
  return { macs: macs / batch, ...storedSize(model) };
}
