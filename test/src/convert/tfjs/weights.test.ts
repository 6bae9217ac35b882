import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { Json } from '../../../../src/convert/json.ts';
import { decodeWeights } from '../../../../src/convert/tfjs/weights.ts';
import { ModelError } from '../../../../src/errors.ts';

type Spec = Record<string, unknown>;

const specs = (...list: Spec[]): Json[] => list.map((spec, i) => new Json(spec, `weights[${i}]`));
const everyByte = Uint8Array.from({ length: 256 * 2 }, (_, i) => (i * 37) & 255);

describe('weights are decoded as tfjs decodes them', () => {
  const manifest: Spec[] = [
    { name: 'plain', shape: [2, 3], dtype: 'float32' },
    { name: 'whole', shape: [2], dtype: 'int32' },
    { name: 'flags', shape: [4], dtype: 'bool' },
    {
      name: 'eight',
      shape: [5, 2],
      dtype: 'float32',
      quantization: { dtype: 'uint8', scale: 0.013, min: -1.7 },
    },
    {
      name: 'sixteen',
      shape: [3, 2],
      dtype: 'float32',
      quantization: { dtype: 'uint16', scale: 1e-4, min: -2 },
    },
    { name: 'half', shape: [40], dtype: 'float32', quantization: { dtype: 'float16' } },
    { name: 'rounded', shape: [7], dtype: 'int32', quantization: { dtype: 'uint8', scale: 0.5, min: -9 } },
    { name: 'number', shape: [], dtype: 'float32' },
  ];

  test('each type', () => {
    const expected = tf.io.decodeWeights(everyByte.slice().buffer, manifest as never);
    const { tensors, storedAs } = decodeWeights(specs(...manifest), everyByte);
    expect([...tensors.keys()]).toEqual(Object.keys(expected));
    for (const [name, tensor] of tensors) {
      expect(tensor.shape).toEqual(expected[name]!.shape);
      const bits = expected[name]!.dataSync();
      expect(tensor.toNumbers(), name).toEqual(
        name === 'flags' ? Array.from(bits, (b) => (b ? 1 : 0)) : Array.from(bits),
      );
    }
    expect(storedAs.get('uint8')).toBe(2);
  });

  test('half precision: every pattern is exact', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const spec = { name: 'all', shape: [65536], dtype: 'float32', quantization: { dtype: 'float16' } };
    const { tensors } = decodeWeights(specs(spec), new Uint8Array(bits.buffer));
    const view = new DataView(bits.buffer);
    const expected = Float32Array.from(bits, (_, i) => view.getFloat16(2 * i, true));
    expect(tensors.get('all')!.data).toEqual(expected);
  });
});

test.each<[Spec, RegExp]>([
  [
    { name: 'w', shape: [200], dtype: 'float32' },
    /Weight 'w' of shape \[200\] must have 800 bytes from 0 on, the files have 512/,
  ],
  [{ name: 'w', shape: [2 ** 40, 2 ** 40], dtype: 'float32' }, /must have .* bytes/],
  [{ name: 'w', shape: [-1], dtype: 'float32' }, /weights\[0\]\.shape must have sizes from 0/],
  [{ name: 'w', shape: [1], dtype: 'string' }, /must be stored as float32, int32, bool, is stored as string/],
  [{ shape: [1], dtype: 'float32' }, /weights\[0\] must have 'name'/],
  [
    { name: 'w', shape: [1], dtype: 'float32', quantization: { dtype: 'uint8', min: 0 } },
    /quantization must have 'scale'/,
  ],
])('%j is refused', (spec, message) => {
  const decode = () => decodeWeights(specs(spec), everyByte);
  expect(decode).toThrow(ModelError);
  expect(decode).toThrow(message);
});
