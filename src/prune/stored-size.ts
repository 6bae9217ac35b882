import { gzipSync } from 'node:zlib';
import type { Model } from '../ir/index.ts';
import { writeModel, writtenSize } from '../onnx/index.ts';

/** What a model takes on a disk. */
export interface StoredSize {
  /** Elements of float32 constants. */
  readonly parameters: number;
  /** Those that are not 0. */
  readonly nonzero: number;
  /** Of the ONNX file. Zeros take as much as any number. */
  readonly bytes: number;
  /** Of the ONNX file after gzip at level 9: what a download or an update over the air takes. */
  readonly zipped: number;
  /** Of the ONNX file with sparse initializers, values and indices, where they are smaller (`%save --sparse`). */
  readonly sparse: number;
}

/** Measures what a model takes as a file, as it is and compressed. */
export function storedSize(model: Model): StoredSize {
  let [parameters, nonzero] = [0, 0];
  for (const { dtype, tensor } of model.graph.initializers.values()) {
    if (dtype !== 'float32' || !tensor) continue;
    parameters += tensor.size;
    for (const weight of tensor.data as Float32Array) if (weight !== 0) nonzero++;
  }
  const file = writeModel(model);
  const zipped = gzipSync(file, { level: 9 }).length;
  return { parameters, nonzero, bytes: file.length, zipped, sparse: writtenSize(model, { sparse: true }) };
}
