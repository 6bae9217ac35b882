import { Dataset } from '../../src/data/index.ts';
import { random } from '../../src/random.ts';

/** Samples of [features] around one centre a class, as many as a number of steps takes. */
export function clusters(samples: { features: number; classes: number; batchSize: number; steps: number }) {
  const { features, classes, batchSize, steps } = samples;
  const source = random(3);
  const count = batchSize * steps;
  const centres = Array.from({ length: classes * features }, () => source.normal());
  const labels = Uint8Array.from({ length: count }, () => source.integer(classes));
  const images = Float32Array.from({ length: count * features }, (_, i) => {
    const label = labels[Math.floor(i / features)]!;
    return centres[label * features + (i % features)]! + source.normal();
  });
  return new Dataset({
    name: 'clusters',
    sampleShape: [features],
    classNames: ['a', 'b', 'c', 'd'].slice(0, classes),
    splits: { train: { images, labels } },
    normalization: { scale: 1, mean: [0], std: [1] },
  });
}

/** The batches that `fit` takes of clusters with its seed 0: rows of samples, and labels. */
export async function clusterBatches(data: Dataset, batchSize: number): Promise<[number[][], number[]][]> {
  const [features] = data.sampleShape as [number];
  const batches: [number[][], number[]][] = [];
  for await (const { images, labels } of data.batches('train', { batchSize, shuffle: 0 })) {
    const flat = [...(images.data as Float32Array)];
    const samples = Array.from({ length: batchSize }, (_, i) => flat.slice(i * features, (i + 1) * features));
    batches.push([samples, [...labels.data].map(Number)]);
  }
  return batches;
}
