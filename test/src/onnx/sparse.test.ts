import { expect, test } from 'vitest';
import { Tensor } from '../../../src/ir/index.ts';
import { readModel, writeModel, writtenSize } from '../../../src/onnx/index.ts';
import { decodeSparse, sparseForm } from '../../../src/onnx/sparse.ts';
import { encodeTensor } from '../../../src/onnx/tensor.ts';
import { pruneWeights } from '../../../src/prune/index.ts';
import { random } from '../../../src/random.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import { architecture } from '../../../src/zoo/index.ts';

/** A tensor of which a share is not 0, and one element is -0. */
function thin(share: number, shape: readonly number[] = [10, 20]): Tensor {
  const source = random(4);
  const data = Float32Array.from({ length: 200 }, () => (source.uniform() < share ? source.normal() : 0));
  data[7] = -0;
  return Tensor.of('float32', data, shape);
}

test.each([0, 0.1, 0.3])('of what it takes nothing is lost: %d', (share) => {
  const tensor = thin(share);
  const form = sparseForm(encodeTensor(tensor, 'w'))!;
  expect(form.values!.name).toBe('w');
  expect(decodeSparse(form)).toEqual(tensor);
  expect(Object.is((decodeSparse(form)!.data as Float32Array)[7], -0)).toBe(true);
});

test('float32 below two thirds of zeros, and scalars, are not smaller', () => {
  expect(sparseForm(encodeTensor(thin(0.4)))).toBeUndefined();
  expect(sparseForm(encodeTensor(Tensor.of('float32', [0], [])))).toBeUndefined();
  // Eight bytes of index beside one of value.
  const bytes = (zeros: number) => Tensor.of('int8', new Int8Array(1000).fill(1, zeros), [1000]);
  expect(sparseForm(encodeTensor(bytes(850)))).toBeUndefined();
  expect(sparseForm(encodeTensor(bytes(900)))).toBeDefined();
});

const values = (data: number[]) => encodeTensor(Tensor.of('float32', data), 'w');
const indices = (data: number[], shape = [data.length]) =>
  encodeTensor(Tensor.of('int64', BigInt64Array.from(data, BigInt), shape));

test('indices may be given by axis', () => {
  const form = { values: values([1, 2]), indices: indices([0, 2, 1, 0], [2, 2]), dims: [2, 3] };
  expect([...(decodeSparse(form)!.data as Float32Array)]).toEqual([0, 0, 1, 2, 0, 0]);
});

test.each([
  [{ values: values([1]), indices: indices([6]), dims: [2, 3] }, /'w': an index must be from 0 to 5, is 6/],
  [{ values: values([1]), indices: indices([-1]), dims: [6] }, /must be from 0 to 5, is -1/],
  [
    { values: values([1]), indices: indices([0, 1]), dims: [6] },
    /must be int64 \[1\] or \[1, 1\], are int64 \[2\]/,
  ],
  [{ values: values([1]), indices: values([0]), dims: [6] }, /are float32/],
  [{ values: values([1]), indices: indices([0]), dims: [2 ** 20, 2 ** 20] }, /at most 2 GiB/],
  [{ values: values([1]), indices: indices([0]), dims: [-1] }, /at most 2 GiB, is of shape \[-1\]/],
])('what does not fit is refused: %#', (form, message) => {
  expect(() => decodeSparse(form)).toThrow(message);
});

test('a pruned model is smaller, is read as it was, and onnxruntime computes the same of it', async () => {
  for (const [name, sample] of [
    ['lenet', [1, 28, 28]],
    ['resnet8', [3, 32, 32]],
    ['dscnn', [1, 49, 10]],
  ] as const) {
    const start = architecture(name, { sample, classes: 10, seed: 2 });
    const { model } = await pruneWeights(start, { sparsity: 0.9 });
    const [dense, sparse] = [writeModel(model), writeModel(model, { sparse: true })];
    expect(writtenSize(model, { sparse: true })).toBe(sparse.length);
    expect(sparse.length).toBeLessThan(0.5 * dense.length);
    const read = readModel(sparse);
    expect(Buffer.from(writeModel(read)).equals(sparse)).toBe(true);
    for (const [key, { tensor }] of model.graph.initializers)
      expect(Buffer.from(read.graph.initializers.get(key)!.tensor!.bytes).equals(tensor!.bytes), key).toBe(
        true,
      );
    const size = sample.reduce<number>((a, b) => a * b, 1);
    const source = random(1);
    const feed = Tensor.of(
      'float32',
      Float32Array.from({ length: size }, () => source.normal()),
      [1, ...sample],
    );
    const [expected, found] = await Promise.all([outputs(dense, feed), outputs(sparse, feed)]);
    expect(found).toEqual(expected);
  }
});

async function outputs(bytes: Uint8Array, feed: Tensor): Promise<unknown> {
  const session = await InferenceSession.create(bytes);
  try {
    return Object.values(await session.run({ input: feed })).map(({ data }) => data);
  } finally {
    await session.release();
  }
}

test('a tensor that changed is written as it is now', async () => {
  const { model } = await pruneWeights(architecture('mlp', { sample: [4, 4, 4], classes: 3 }), {
    sparsity: 0.95,
  });
  const read = readModel(writeModel(model, { sparse: true }));
  const value = [...read.graph.initializers.values()].find(({ foreign }) => foreign)!;
  value.tensor = Tensor.of('float32', new Float32Array(value.tensor!.size).fill(2), value.tensor!.shape);
  const again = readModel(writeModel(read)).graph.initializers.get(value.name)!;
  expect((again.tensor!.data as Float32Array).every((weight) => weight === 2)).toBe(true);
});

test('before IR version 5 there are none', () => {
  const model = architecture('mlp', { sample: [4], classes: 2 });
  model.irVersion = 4;
  expect(() => writeModel(model, { sparse: true })).toThrow(/IR version 5 or later, the model has 4/);
});
