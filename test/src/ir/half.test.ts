import { expect, test } from 'vitest';
import {
  bfloatOf,
  bfloatToNumber,
  type DType,
  halfOf,
  halfToNumber,
  Model,
  Tensor,
} from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { random } from '../../../src/random.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

/** The patterns that onnxruntime's Cast makes of numbers. */
async function castByOnnxruntime(numbers: Float32Array, dtype: DType): Promise<Uint16Array> {
  const code = dtype === 'float16' ? 10 : 16;
  const b = createBuilder();
  const x = b.input('x', 'float32', [numbers.length]);
  const cast = b.op('Cast', [x], { to: code });
  // bfloat16 cannot be fetched: back to float32, which is exact.
  b.output(dtype === 'float16' ? cast : b.op('Cast', [cast], { to: 1 }), 'y');
  const session = await InferenceSession.create(writeModel(new Model(b.graph)));
  const { y } = await session.run({ x: Tensor.of('float32', numbers) });
  await session.release();
  return dtype === 'float16'
    ? (y!.data as Uint16Array)
    : Uint16Array.from(new Uint32Array(y!.data.slice().buffer), (bits) => bits >>> 16);
}

/** All magnitudes, ties, subnormals, overflow. */
function numbers(): Float32Array {
  const { uniform, normal } = random(1);
  const spread = Array.from({ length: 20_000 }, () => normal() * 2 ** (uniform() * 60 - 35));
  const ties = Array.from({ length: 4000 }, (_, i) => (i + 0.5) * 2 ** -24);
  return Float32Array.from([
    ...spread,
    ...ties,
    65504,
    65519,
    65520,
    -65520,
    1e9,
    -0,
    0,
    2049,
    2051,
    Infinity,
  ]);
}

test('binary16 is rounded as onnxruntime rounds it', async () => {
  const data = numbers();
  expect(Uint16Array.from(data, halfOf)).toEqual(await castByOnnxruntime(data, 'float16'));
});

test('bfloat16 is rounded as onnxruntime rounds it', async () => {
  const data = numbers();
  expect(Uint16Array.from(data, bfloatOf)).toEqual(await castByOnnxruntime(data, 'bfloat16'));
});

test('every pattern comes back from its number', () => {
  for (let bits = 0; bits < 65536; bits++) {
    const isNaN16 = (bits & 0x7fff) > 0x7c00;
    if (!isNaN16) expect(halfOf(halfToNumber(bits))).toBe(bits);
    if ((bits & 0x7fff) <= 0x7f80) expect(bfloatOf(bfloatToNumber(bits))).toBe(bits);
  }
  expect([halfOf(Number.NaN) & 0x7c00, bfloatOf(Number.NaN) & 0x7f80]).toEqual([0x7c00, 0x7f80]);
});
