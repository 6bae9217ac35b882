import { expect, test } from 'vitest';
import { evaluate } from '../../../../src/bench/index.ts';
import { type Model, Tensor } from '../../../../src/ir/index.ts';
import {
  batchNormalization,
  conv2d,
  dense,
  flatten,
  relu,
  sequential,
} from '../../../../src/layers/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { pruneWeights } from '../../../../src/prune/masks/index.ts';
import { prunableWeights } from '../../../../src/prune/masks/prunable.ts';
import { weightScores } from '../../../../src/prune/masks/scores.ts';
import { InferenceSession } from '../../../../src/runtime/index.ts';
import { fit } from '../../../../src/train/index.ts';
import { architecture } from '../../../../src/zoo/index.ts';
import { stripes } from '../../train/stripes.ts';
import { nets } from '../surgery/nets.ts';

const net = () =>
  sequential([1, 4, 4], [conv2d(8, 3), batchNormalization(), relu(), conv2d(6, 3), flatten(), dense(2)], {
    seed: 3,
  });

const dataOf = ({ graph }: Model, name: string) => graph.initializers.get(name)!.tensor!.data as Float32Array;
const matrices = ({ graph }: Model) =>
  [...graph.initializers.values()].filter(({ tensor }) => tensor!.shape.length > 1).map(({ name }) => name);

test('global pruning sets exactly the smallest weights of all tensors to 0', async () => {
  const start = net();
  const before = writeModel(start);
  const { model, masks, report } = await pruneWeights(start, { sparsity: 0.7 });
  expect(writeModel(start)).toEqual(before);
  const all = matrices(start).flatMap((name) => [...dataOf(start, name)]);
  const limit = all.map(Math.abs).toSorted((a, b) => a - b)[Math.round(0.7 * all.length)]!;
  expect([...masks.keys()]).toEqual(matrices(start));
  for (const name of matrices(start)) {
    const expected = dataOf(start, name).map((weight) => (Math.abs(weight) < limit ? 0 : weight));
    expect(dataOf(model, name)).toEqual(expected);
  }
  expect(report.zeros).toBe(Math.round(0.7 * all.length));
  expect(report.sparsity).toBeCloseTo(0.7, 2);
  // Biases and what normalizations hold stay.
  for (const [name, { tensor }] of start.graph.initializers)
    if (!masks.has(name)) expect(dataOf(model, name)).toEqual(tensor!.data);
});

test('uniform pruning takes the same share of every tensor', async () => {
  const { report } = await pruneWeights(net(), { sparsity: 0.5, scope: 'uniform' });
  for (const { weights, zeros } of report.rows) expect(zeros).toBe(Math.round(0.5 * weights));
});

test('of equal weights as many go as were asked for', async () => {
  const model = net();
  const value = model.graph.initializers.get(matrices(model)[1]!)!;
  value.tensor = Tensor.of('float32', new Float32Array(value.tensor!.size).fill(1e-6), value.tensor!.shape);
  const { masks } = await pruneWeights(model, { sparsity: 0.3, scope: 'uniform' });
  const mask = masks.get(value.name)!;
  expect(mask.filter((bit) => bit === 0)).toHaveLength(Math.round(0.3 * mask.length));
});

test('2:4 keeps exactly the two largest of four input channels at each place of a filter', async () => {
  const start = net();
  const { model, masks, report } = await pruneWeights(start, { pattern: { n: 2, m: 4 } });
  // The first convolution reads one channel.
  const first = matrices(start)[0]!;
  expect(masks.has(first)).toBe(false);
  expect(report.warnings.join()).toMatch(new RegExp(`'${first}' is left as it is: it sums up 1 products`));
  const name = matrices(start)[1]!;
  const [k, c, r, s] = start.graph.initializers.get(name)!.tensor!.shape as [number, number, number, number];
  const [before, after] = [dataOf(start, name), dataOf(model, name)];
  for (let filter = 0; filter < k; filter++)
    for (let place = 0; place < r * s; place++)
      for (let block = 0; block < c; block += 4) {
        const at = [0, 1, 2, 3].map((i) => (filter * c + block + i) * r * s + place);
        const kept = at.filter((i) => after[i] !== 0);
        expect(kept).toHaveLength(2);
        const largest = at.toSorted((a, b) => Math.abs(before[b]!) - Math.abs(before[a]!)).slice(0, 2);
        expect(new Set(kept)).toEqual(new Set(largest));
      }
});

test('N:M of a Gemm goes along its sum however the weights lie, and depthwise filters are left', async () => {
  const model = architecture('mobile', { sample: [1, 28, 28], classes: 10 });
  const { model: pruned, masks, report } = await pruneWeights(model, { pattern: { n: 1, m: 4 } });
  const gemm = pruned.graph.nodes.find(({ opType }) => opType === 'Gemm')!;
  const { tensor, name } = gemm.input(1);
  expect(masks.has(name)).toBe(true);
  const [rows, columns] = tensor!.shape as [number, number];
  const transposed = gemm.int('transB', 0) === 1;
  const [outputs, inputs] = transposed ? [rows, columns] : [columns, rows];
  const weights = tensor!.data as Float32Array;
  const at = (o: number, i: number) => weights[transposed ? o * columns + i : i * columns + o];
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i + 4 <= inputs; i += 4)
      expect([0, 1, 2, 3].filter((j) => at(o, i + j) !== 0)).toHaveLength(1);
  const depthwise = pruned.graph.nodes.filter((node) => node.int('group', 1) > 1);
  expect(depthwise.length).toBeGreaterThan(0);
  for (const node of depthwise) {
    expect(masks.has(node.input(1).name)).toBe(false);
    expect(report.warnings.some((text) => text.includes(node.input(1).name))).toBe(true);
  }
});

test('keeps what is named, by node or weight, and refuses what fits nothing', async () => {
  const [first, , last] = matrices(net());
  const node = net().graph.nodes.at(-1)!.name;
  const { masks, report } = await pruneWeights(net(), { keep: [first!, node] });
  expect(masks.has(first!)).toBe(false);
  expect(masks.has(last!)).toBe(false);
  expect(report.warnings).toContain(`'${first}' is left as it is: 'keep' says so`);
  await expect(pruneWeights(net(), { keep: ['nothing*'] })).rejects.toThrow(
    /'nothing\*' fits none. Some are/,
  );
});

test('taylor and fisher multiply weights with the gradients that onnxruntime gives by finite differences', async () => {
  const { model } = await fit(net(), stripes({ side: 4 }), { epochs: 1, batchSize: 32 });
  const data = stripes({ side: 4, count: 64 });
  const name = matrices(model)[1]!;
  const scores = async (importance: 'taylor' | 'fisher') => {
    const { weights } = prunableWeights(model.graph);
    const gradients = { batchSize: 64, samples: 64 };
    return (await weightScores(model, weights, { importance, data, gradients })).get(name)!;
  };
  const [taylor, fisher] = [await scores('taylor'), await scores('fisher')];
  const lossWith = async (index: number, by: number): Promise<number> => {
    const copy = model.clone();
    const value = copy.graph.initializers.get(name)!;
    const moved = (value.tensor!.data as Float32Array).slice();
    moved[index]! += by;
    value.tensor = Tensor.of('float32', moved, value.tensor!.shape);
    return (await evaluate(writeModel(copy), data, { split: 'train' })).loss;
  };
  const strongest = [...taylor.keys()].toSorted((a, b) => taylor[b]! - taylor[a]!).slice(0, 4);
  for (const index of strongest) {
    const slope = ((await lossWith(index, 5e-3)) - (await lossWith(index, -5e-3))) / 1e-2;
    const expected = Math.abs(dataOf(model, name)[index]! * slope);
    expect(taylor[index]! / expected).toBeCloseTo(1, 1);
    expect(fisher[index]! / (expected ** 2 / 2)).toBeCloseTo(1, 1);
  }
});

test.each(['taylor', 'fisher'] as const)(
  '%s prunes the share asked for, the same for a seed',
  async (importance) => {
    const options = { importance, data: stripes({ side: 4 }), sparsity: 0.6, gradients: { samples: 128 } };
    const { masks, report } = await pruneWeights(net(), options);
    expect(report.sparsity).toBeCloseTo(0.6, 2);
    expect((await pruneWeights(net(), options)).masks).toEqual(masks);
  },
);

test('refuses what makes no sense, and says what would', async () => {
  await expect(pruneWeights(net(), { sparsity: 1 })).rejects.toThrow(/'sparsity' must be .* was 1/);
  await expect(pruneWeights(net(), { pattern: { n: 4, m: 4 } })).rejects.toThrow(/1 <= n < m.*4:4/);
  await expect(pruneWeights(net(), { pattern: { n: 2, m: 4 }, sparsity: 0.9 })).rejects.toThrow(
    /2:4 makes 50 %/,
  );
  await expect(pruneWeights(net(), { importance: 'taylor' })).rejects.toThrow(/give 'data'/);
  await expect(pruneWeights(net(), { importance: 'l3' as 'l1' })).rejects.toThrow(/'l3'. Did you mean 'l1'/);
  const tiny = sequential([2], [dense(3)]);
  await expect(pruneWeights(tiny, { pattern: { n: 2, m: 4 } })).rejects.toThrow(/fewer than 4/);
});

test('weights that an operator works on first are left, and it is named', () => {
  const { weights, left } = prunableWeights(nets['weights transposed']!.graph);
  // The last layer's weights are read as they are.
  expect(weights.map(({ name }) => name)).toEqual(['w4']);
  expect(left.map(({ name }) => name)).toEqual(['w0', 'w1', 'w2', 'w3']);
  expect(left.map(({ reason }) => reason.split(' ')[0])).toEqual([
    ...['Transpose', 'Identity', 'Transpose', 'Reshape'],
  ]);
  expect(left[0]!.reason).toMatch(/works on it first: fold constants/);
});

test('gradients are of the loss that is asked for, with its teacher, as finite differences have them', async () => {
  const { model } = await fit(net(), stripes({ side: 4 }), { epochs: 1, batchSize: 32 });
  const data = stripes({ side: 4, count: 64 });
  const teacher = sequential([1, 4, 4], [flatten(), dense(2)], { seed: 9 });
  const name = matrices(model)[1]!;
  const loss = { loss: 'mse', target: 'teacher', teacher } as const;
  const { weights } = prunableWeights(model.graph);
  const gradients = { batchSize: 64, samples: 64, ...loss };
  const scores = (await weightScores(model, weights, { importance: 'taylor', data, gradients })).get(name)!;
  const [images] = await Array.fromAsync(data.batches('train', { batchSize: 64 }));
  const outputsOf = async (one: Model): Promise<Float32Array> => {
    const session = await InferenceSession.create(writeModel(one));
    const outputs = await session.run({ [one.graph.feeds[0]!.name]: images!.images as Tensor });
    await session.release();
    return Object.values(outputs)[0]!.data as Float32Array;
  };
  const wanted = await outputsOf(teacher);
  const lossWith = async (index: number, by: number): Promise<number> => {
    const copy = model.clone();
    const value = copy.graph.initializers.get(name)!;
    const moved = (value.tensor!.data as Float32Array).slice();
    moved[index]! += by;
    value.tensor = Tensor.of('float32', moved, value.tensor!.shape);
    const found = await outputsOf(copy);
    return found.reduce((sum, score, i) => sum + (score - wanted[i]!) ** 2, 0) / found.length;
  };
  const strongest = [...scores.keys()].toSorted((a, b) => scores[b]! - scores[a]!).slice(0, 3);
  for (const index of strongest) {
    const slope = ((await lossWith(index, 5e-3)) - (await lossWith(index, -5e-3))) / 1e-2;
    expect(scores[index]! / Math.abs(dataOf(model, name)[index]! * slope)).toBeCloseTo(1, 1);
  }
  const alone = { importance: 'taylor', data, gradients: { loss: 'kl' } } as const;
  await expect(pruneWeights(model, alone)).rejects.toThrow(/compares with a teacher/);
  const few = { importance: 'taylor', data, gradients: { samples: 8 } } as const;
  await expect(pruneWeights(model, few)).rejects.toThrow(/'samples' must be .* one batch of 16, was 8/);
});
