import { expect, test } from 'vitest';
import { check } from '../../../../src/ir/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { quantizeStatic } from '../../../../src/quantize/index.ts';
import { packInt4 } from '../../../../src/quantize/schemes/index.ts';
import { batches, lenet, optimizedOps, run } from '../build.ts';

const images = batches([8, 1, 12, 12]);

test('half the bytes, the same int8 kernels, the same outputs bit by bit', async () => {
  const { model } = await quantizeStatic(lenet(), images, { weightBits: 4 });
  const before = writeModel(model);
  const { model: packed, report } = packInt4(model);
  expect(writeModel(model)).toEqual(before);
  check(packed);
  expect(packed.opset).toBe(21);
  expect(report.rewritten.map(({ name }) => name)).toHaveLength(3);
  for (const { bytesBefore, bytesAfter } of report.rewritten) expect(bytesAfter).toBe(bytesBefore / 2);
  expect(report.sizeAfter).toBe(writeModel(packed).length);
  expect(report.sizeAfter).toBeLessThan(report.sizeBefore - 2500);
  const [ops, packedOps] = [await optimizedOps(model), await optimizedOps(packed)];
  expect(packedOps).toEqual(ops);
  expect(packedOps).toMatchObject({ QLinearConv: 2, QGemm: 2 });
  for (const feeds of images)
    expect((await run(packed, feeds, { exact: false })).scores!.bytes).toEqual(
      (await run(model, feeds, { exact: false })).scores!.bytes,
    );
});

test('weights of 8 bits stay, and the message says what they are', async () => {
  const { model } = await quantizeStatic(lenet(), images);
  expect(() => packInt4(model)).toThrow(
    /The model must have int8 weights of at least 256 numbers from -8 to 7, has none: 'c2w_quantized': its integers must be from -8 to 7, are from -12\d to 12\d/,
  );
});
