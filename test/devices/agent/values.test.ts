import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { packValue, unpackValue } from '../../../devices/agent/values.ts';
import { Model, Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { reluModel } from '../relu-model.ts';

const there = async (value: unknown) => {
  const { bytes, models } = packValue(value, 'x');
  return unpackValue(bytes, async (hash) => models.get(hash)!);
};

test.each([
  [1.5],
  ['text'],
  [null],
  [undefined],
  [[1, [2, { three: 3n }]]],
  [new Map([[1, new Set(['a'])]])],
  [new Date(0)],
  [new Float32Array([1, Number.NaN, -0])],
  [new BigInt64Array([1n, -1n])],
  [{ nested: { bytes: new Uint8Array([0, 255]) } }],
])('%o arrives as it was', async (value) => {
  expect(await there(value)).toEqual(value);
});

test('tensors keep dtype, shape and bytes, also within other values', async () => {
  const tensors = [
    Tensor.of('float16', [1, 2, 3, 4], [2, 2]),
    Tensor.of('int64', [1, 2], [2]),
    Tensor.scalar('bool', 1),
  ];
  const { list } = (await there({ list: tensors })) as { list: Tensor[] };
  for (const [i, tensor] of list.entries()) {
    expect(tensor).toBeInstanceOf(Tensor);
    expect([tensor.dtype, tensor.shape]).toEqual([tensors[i]!.dtype, tensors[i]!.shape]);
    expect(Buffer.compare(tensor.bytes, tensors[i]!.bytes)).toBe(0);
  }
});

test('a model goes by the sha256 of its ONNX bytes, beside the value', async () => {
  const model = reluModel();
  const content = writeModel(model);
  const { bytes, models } = packValue({ model, again: model }, 'x');
  const hash = createHash('sha256').update(content).digest('hex');
  expect([...models.keys()]).toEqual([hash]);
  expect(Buffer.from(bytes).toString('latin1')).toContain(hash);
  const back = (await there(model)) as Model;
  expect(back).toBeInstanceOf(Model);
  expect(Buffer.compare(writeModel(back), content)).toBe(0);
});

test('what cannot leave its process is named', () => {
  expect(() => packValue(() => 1, 'f')).toThrow(/'f' cannot be sent: .* Send numbers, text/);
  expect(() => packValue({ deep: [Promise.resolve()] }, 'p')).toThrow(/'p' cannot be sent/);
});
