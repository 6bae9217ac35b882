import { Dataset } from '../../../src/data/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { random } from '../../../src/random.ts';
import { architecture } from '../../../src/zoo/index.ts';

/** Two classes of 8 numbers that a small network can tell apart. */
export function toyData(name = 'toy', seed = 1): Dataset {
  const split = (size: number, from: number) => {
    const source = random(from);
    const labels = Uint8Array.from({ length: size }, () => source.integer(2));
    const images = Float32Array.from({ length: size * 8 }, (_, i) => source.normal() + labels[i >> 3]!);
    return { images, labels };
  };
  return new Dataset({
    ...{ name, sampleShape: [8], classNames: ['a', 'b'] },
    splits: { train: split(256, seed), test: split(64, seed + 1) },
    normalization: { scale: 1, mean: [0, 0, 0, 0, 0, 0, 0, 0], std: [1, 1, 1, 1, 1, 1, 1, 1] },
  });
}

export const toyModel = (seed = 0): Uint8Array =>
  writeModel(architecture('mlp', { sample: [8], classes: 2, seed }));
