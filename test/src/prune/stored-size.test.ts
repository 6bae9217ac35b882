import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { writeModel } from '../../../src/onnx/index.ts';
import { pruneWeights, storedSize } from '../../../src/prune/index.ts';
import { architecture } from '../../../src/zoo/index.ts';

test('zeros make a file no smaller, and its archive much', async () => {
  const dense = architecture('cnn', { sample: [1, 28, 28], classes: 10 });
  const { model, report } = await pruneWeights(dense, { sparsity: 0.9 });
  const [before, after] = [storedSize(dense), storedSize(model)];
  const file = writeModel(model);
  expect(after.bytes).toBe(file.length);
  expect(after.bytes).toBe(before.bytes);
  const zipped = gzipSync(file, { level: 9 });
  // Not toEqual, which takes seconds for millions of bytes.
  expect(gunzipSync(zipped).equals(file)).toBe(true);
  expect(after.zipped).toBe(zipped.length);
  expect(after.zipped).toBeLessThan(0.35 * before.zipped);
  expect(before.nonzero - after.nonzero).toBe(report.zeros);
});
