import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Model } from '../../src/ir/index.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';
import { quantizeDynamic } from '../../src/quantize/schemes/index.ts';
import { outputSqnr } from '../../src/quantize/schemes/output-sqnr.ts';
import type { Feeds } from '../../src/runtime/index.ts';
import { architecture } from '../../src/zoo/index.ts';
import { batches, lenet } from '../src/quantize/build.ts';
import { correlated, mlp, wordFeeds, wordModel } from '../src/quantize/schemes/models.ts';
import { describeWith } from '../support/describe-with.ts';
import { python } from '../support/requirement.ts';

const onnxruntime = python('EDGEBOOK_ORT_PYTHON', ['onnxruntime', 'onnx', 'sympy']);

interface Job {
  readonly perChannel: boolean;
  readonly operators: readonly string[];
}

async function byOnnxruntime(model: Model, { perChannel, operators }: Job): Promise<Model> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-dynamic-'));
  try {
    const [source, target] = [join(folder, 'float.onnx'), join(folder, 'int8.onnx')];
    await writeFile(source, writeModel(model));
    const script = fileURLToPath(new URL('quantize_dynamic.py', import.meta.url));
    await promisify(execFile)(onnxruntime.path, [script, source, target, `${perChannel}`, operators.join()]);
    return readModel(await readFile(target));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const renamed = (feeds: Feeds[]): Feeds[] => feeds.map(({ x }) => ({ input: x! }));
const vit = () => architecture('vit_tiny', { sample: [3, 32, 32], classes: 10, seed: 1 });

const cases: [string, () => Model, Feeds[], string[]][] = [
  ['products', mlp, correlated([16, 96]), ['MatMul', 'Gemm']],
  ['words', wordModel, wordFeeds(40), ['MatMul', 'Gemm', 'LSTM', 'Gather']],
  ['lenet', lenet, batches([8, 1, 12, 12]), ['Conv', 'Gemm', 'MatMul']],
  ['vit_tiny', vit, renamed(correlated([4, 3, 32, 32], 12)), ['MatMul', 'Gemm']],
];

describeWith('Dynamic quantization beside onnxruntime.quantization', [onnxruntime], () => {
  test.each(cases)(
    '%s: outputs at least as near to the float model',
    async (name, make, feeds, operators) => {
      for (const perChannel of [true, false]) {
        const float = make();
        const theirs = await byOnnxruntime(float, { perChannel, operators });
        const ours = (await quantizeDynamic(float, { perChannel, operators })).model;
        const [a] = await outputSqnr({ float, rewritten: ours, feeds });
        const [b] = await outputSqnr({ float, rewritten: theirs, feeds });
        const sizes = [ours, theirs].map((model) => writeModel(model).length);
        console.log(
          `${name}, per channel ${perChannel}: ${a!.sqnr.toFixed(2)} dB, ${sizes[0]} B; onnxruntime.quantization ${b!.sqnr.toFixed(2)} dB, ${sizes[1]} B`,
        );
        // The same rounding but for the last bit of scales, which turns a few integers: noise of the noise.
        expect(a!.sqnr).toBeGreaterThan(b!.sqnr - 0.3);
      }
    },
  );
});
