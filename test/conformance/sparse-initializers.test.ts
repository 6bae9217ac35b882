import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { saveModel } from '../../src/onnx/index.ts';
import { pruneWeights } from '../../src/prune/index.ts';
import { architecture } from '../../src/zoo/index.ts';
import { describeWith } from '../support/describe-with.ts';
import { python } from '../support/requirement.ts';

const onnxruntime = python('EDGEBOOK_ORT_PYTHON', ['onnxruntime', 'onnx']);

interface Read {
  readonly onnx: string;
  readonly onnxruntime: string;
  /** What the check with type inference says against it. */
  readonly strict: string;
  readonly sparse: readonly string[];
  readonly outputs: readonly (readonly number[])[];
}

async function read(path: string): Promise<Read> {
  const script = fileURLToPath(new URL('read_sparse.py', import.meta.url));
  const { stdout } = await promisify(execFile)(onnxruntime.path, [script, path], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

describeWith('ONNX checks sparse initializers, and onnxruntime computes the same', [onnxruntime], () => {
  test.each([
    ['lenet', [1, 28, 28]],
    ['resnet8', [3, 32, 32]],
    ['mobilenetv2', [3, 32, 32]],
    ['vit_tiny', [3, 32, 32]],
  ] as const)('%s', async (name, sample) => {
    const start = architecture(name, { sample, classes: 10, seed: 3 });
    const { model, masks } = await pruneWeights(start, { sparsity: 0.9 });
    const folder = await mkdtemp(join(tmpdir(), 'edgebook-sparse-'));
    try {
      const [dense, sparse] = ['dense', 'sparse'].map((kind) => join(folder, `${kind}.onnx`));
      await saveModel(model, dense!);
      await saveModel(model, sparse!, { sparse: true });
      const [before, after] = [await read(dense!), await read(sparse!)];
      console.log(
        `${name}: onnx ${after.onnx}, onnxruntime ${after.onnxruntime}, ${after.sparse.length} sparse`,
      );
      expect(before).toMatchObject({ sparse: [], strict: '' });
      // No operator's definition allows sparse inputs: %save says so.
      expect(after.strict).toContain('has unsupported type: sparse_tensor');
      expect(after.sparse.some((one) => masks.has(one))).toBe(true);
      expect(after.outputs).toEqual(before.outputs);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
