import { expect, test } from 'vitest';
import { Model, Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { modelWeights } from '../../../src/quantize/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

const shape = [2, 3, 2];
const scales = [0.1, 0.02, 3];

test('integer constants are what onnxruntime makes of them, scales are not weights', async () => {
  const g = createBuilder();
  const constant = (name: string, tensor: Tensor) => g.initializer(name, tensor);
  const unsigned = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
  const perChannel = g.op(
    'DequantizeLinear',
    [
      constant('a', Tensor.of('uint8', unsigned, shape)),
      constant('a_scale', Tensor.of('float32', scales)),
      constant('a_zero', Tensor.of('uint8', [0, 128, 255])),
    ],
    { axis: -2 },
  );
  const signed = Int8Array.from({ length: 12 }, (_, i) => 20 * i - 128);
  const perTensor = g.op('DequantizeLinear', [
    constant('b', Tensor.of('int8', signed, shape)),
    constant('b_scale', Tensor.of('float32', [0.3], [])),
  ]);
  const plain = constant('c', Tensor.of('float32', new Float32Array(12).fill(2), shape));
  g.output(perChannel, 'a_real');
  g.output(perTensor, 'b_real');
  g.output(g.op('Identity', [plain]), 'c_real');
  const model = new Model(g.graph);
  const weights = modelWeights(model);
  expect(weights.map(({ name, dtype }) => [name, dtype])).toEqual([
    ['c', 'float32'],
    ['a', 'uint8'],
    ['b', 'int8'],
  ]);
  const session = await InferenceSession.create(writeModel(model));
  const results = await session.run({});
  await session.release();
  for (const { name, values } of weights) expect(values).toEqual(results[`${name}_real`]!.data);
});

test('a scale per block is refused by name', () => {
  const g = createBuilder();
  const weight = g.initializer('w', Tensor.of('int8', [1, 2, 3, 4], [4]));
  const scale = g.initializer('s', Tensor.of('float32', [1, 2]));
  g.output(g.op('DequantizeLinear', [weight, scale], { axis: 0, block_size: 2 }), 'y');
  expect(() => modelWeights(new Model(g.graph))).toThrow(/DequantizeLinear.*without blocks/);
});
