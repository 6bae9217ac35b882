import { deflateRawSync } from 'node:zlib';
import type { Model } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { modelCost } from '../ops/index.ts';

/** What a model takes. */
export interface Footprint {
  /** Multiply-accumulates for one sample, zeros counted like any other weight: that is what kernels do. */
  readonly macs: number;
  readonly parameters: number;
  /** Of the ONNX file. */
  readonly bytes: number;
  /** Of the file when zipped (deflate, level 9): what a download of it takes. */
  readonly zipped: number;
}

/** Counts a model and its file. */
export function footprintOf(model: Model): Footprint {
  const file = writeModel(model);
  const { macs, batch, parameters } = modelCost(model);
  return { macs: macs / batch, parameters, bytes: file.length, zipped: deflateRawSync(file, { level: 9 }).length };
}
