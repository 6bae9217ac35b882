import { expect, test } from 'vitest';
import { stretched } from '../../bench/quantization-stretch.ts';
import type { Model } from '../../src/ir/index.ts';
import { Tensor } from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { annotateTypes } from '../../src/ops/index.ts';
import { prepare } from '../../src/quantize/index.ts';
import { findChains } from '../../src/quantize/repair/chain.ts';
import { random } from '../../src/random.ts';
import { InferenceSession } from '../../src/runtime/index.ts';
import { architecture } from '../../src/zoo/index.ts';

const source = random(1);
const images = Tensor.of(
  'float32',
  Float32Array.from({ length: 2 * 490 }, () => source.normal()),
  [2, 1, 49, 10],
);

async function outputsOf(model: Model): Promise<number[]> {
  const session = await InferenceSession.create(writeModel(model));
  const { [session.outputNames[0]!]: output } = await session.run({ [session.inputNames[0]!]: images });
  await session.release();
  return output!.toNumbers();
}

/** Largest over smallest of what leads to the channels of each layer that begins a chain. */
function spreadsOf(model: Model): number[] {
  annotateTypes(model.graph);
  return findChains(model.graph).chains.map(({ from }) => {
    const largest = new Float64Array(from.outputs);
    (from.weight.data as Float32Array).forEach((w, i) => {
      const o = from.outputOf(i);
      largest[o] = Math.max(largest[o]!, Math.abs(w));
    });
    return Math.max(...largest) / Math.min(...largest);
  });
}

test('a stretched network computes the same with channels of other ranges', async () => {
  const model = architecture('dscnn', { sample: [1, 49, 10], classes: 10, width: 1 });
  const hard = stretched(model, 2);
  const [exact, found] = [await outputsOf(prepare(model)), await outputsOf(hard)];
  for (const [i, x] of found.entries()) expect(x).toBeCloseTo(exact[i]!, 5);
  const [before, after] = [spreadsOf(prepare(model)), spreadsOf(hard)];
  expect(after.length).toBeGreaterThan(5);
  for (const [i, spread] of after.entries()) expect(spread).toBeGreaterThan(4 * before[i]!);
});
