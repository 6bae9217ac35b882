import { expect, test } from 'vitest';
import { evaluate } from '../../../../src/bench/index.ts';
import type { Tensor } from '../../../../src/ir/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { dependencyGroups, importanceOf } from '../../../../src/prune/index.ts';
import { InferenceSession } from '../../../../src/runtime/index.ts';
import { stripes } from '../../train/stripes.ts';
import { numbersOf, smallNet, withNumbers } from '../net.ts';

const model = smallNet();
const { groups } = dependencyGroups(model);
// One batch of 64: the mean loss that gradients are of is that of the split.
const data = stripes({ side: 4, count: 64 });

/** |w dL/dw| of each weight, by central differences through onnxruntime. */
async function weightChanges(name: string): Promise<number[]> {
  const numbers = numbersOf(model, name);
  const lossAt = async (index: number, by: number) => {
    const moved = withNumbers(
      model,
      name,
      numbers.map((w, i) => (i === index ? w + by : w)),
    );
    return (await evaluate(writeModel(moved), data, { split: 'train' })).loss;
  };
  const changes: number[] = [];
  for (const [i, w] of numbers.entries())
    changes.push(Math.abs((w * ((await lossAt(i, 5e-3)) - (await lossAt(i, -5e-3)))) / 1e-2));
  return changes;
}

/** The cross-entropy of each sample, in the split's order. */
async function losses(bytes: Uint8Array): Promise<number[]> {
  const session = await InferenceSession.create(bytes);
  for await (const { images, labels } of data.batches('train', { batchSize: 64 })) {
    const { logits } = await session.run({ input: images as Tensor });
    await session.release();
    const scores = logits!.data as Float32Array;
    return Array.from(labels!.data as ArrayLike<number | bigint>, (label, i) => {
      const own = [scores[2 * i]!, scores[2 * i + 1]!];
      return Math.log(Math.exp(own[0]!) + Math.exp(own[1]!)) - own[Number(label)]!;
    });
  }
  throw new Error('no batch');
}

test('taylor is the mean, over all constants of a channel, of the sums of |w g|', async () => {
  const found = await importanceOf('taylor').score(model, groups, { data });
  const [made, bias, scale, shift, read] = await Promise.all(
    ['conv1.weight', 'conv1.bias', 'norm1.weight', 'norm1.bias', 'conv2.weight'].map(weightChanges),
  );
  const sum = (changes: readonly number[], isOwn: (index: number) => boolean) =>
    changes.reduce((total, change, i) => total + (isOwn(i) ? change : 0), 0);
  for (let c = 0; c < 4; c++) {
    const parts = [
      sum(made!, (i) => Math.floor(i / 9) === c),
      ...[bias![c]!, scale![c]!, shift![c]!],
      sum(read!, (i) => Math.floor(i / 9) % 4 === c),
    ];
    const expected = parts.reduce((a, b) => a + b, 0) / parts.length;
    expect(found.get('conv1')![c]! / expected).toBeCloseTo(1, 1);
  }
}, 60_000);

test('fisher is half the mean square of the slope by a gate on all that reads the channel', async () => {
  const found = await importanceOf('fisher').score(model, groups, { data });
  const gated = (c: number, gate: number) =>
    losses(
      writeModel(
        withNumbers(
          model,
          'conv2.weight',
          numbersOf(model, 'conv2.weight').map((w, i) => (Math.floor(i / 9) % 4 === c ? gate * w : w)),
        ),
      ),
    );
  for (let c = 0; c < 4; c++) {
    const [above, below] = [await gated(c, 1.004), await gated(c, 0.996)];
    const squares = above.map((loss, i) => ((loss - below[i]!) / 0.008) ** 2);
    const expected = squares.reduce((a, b) => a + b, 0) / (2 * squares.length);
    expect(found.get('conv1')![c]! / expected).toBeCloseTo(1, 1);
  }
});

test('gradients need data, and stop when aborted', async () => {
  const fisher = importanceOf('fisher');
  await expect(fisher.score(model, groups, {})).rejects.toThrow(/needs data: give them, or take l1/);
  const controller = new AbortController();
  const work = fisher.score(model, groups, {
    ...{ data, signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) },
  });
  await expect(work).rejects.toThrow('enough');
});
