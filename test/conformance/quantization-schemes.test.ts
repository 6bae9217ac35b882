import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type Model, Tensor } from '../../src/ir/index.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';
import { quantizeDynamic, quantizeWeights, toHalf } from '../../src/quantize/schemes/index.ts';
import { outputSqnr } from '../../src/quantize/schemes/output-sqnr.ts';
import { random } from '../../src/random.ts';
import type { Feeds } from '../../src/runtime/index.ts';
import { architecture } from '../../src/zoo/index.ts';
import { batches, build, lenet } from '../src/quantize/build.ts';
import { correlated, mlp, wordFeeds, wordModel } from '../src/quantize/schemes/models.ts';
import { describeWith } from '../support/describe-with.ts';
import { python } from '../support/requirement.ts';

const onnxruntime = python('EDGEBOOK_ORT_PYTHON', ['onnxruntime', 'onnx', 'sympy', 'onnx_ir']);

/** What a tool of onnxruntime makes of a model. */
async function byOnnxruntime(model: Model, tool: string, options: readonly string[] = []): Promise<Model> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-schemes-'));
  try {
    const [source, target] = [join(folder, 'float.onnx'), join(folder, 'rewritten.onnx')];
    await writeFile(source, writeModel(model));
    const script = fileURLToPath(new URL('by_onnxruntime.py', import.meta.url));
    await promisify(execFile)(onnxruntime.path, [script, tool, source, target, ...options]);
    return readModel(await readFile(target));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** SQNR of the first output and size of our model and theirs, printed as well. */
async function sideBySide(title: string, float: Model, both: { ours: Model; theirs: Model; feeds: Feeds[] }) {
  const { ours, theirs, feeds } = both;
  const [a] = await outputSqnr({ float, rewritten: ours, feeds });
  const [b] = await outputSqnr({ float, rewritten: theirs, feeds });
  const [own, other] = [ours, theirs].map((model) => writeModel(model).length);
  console.log(
    `${title}: ${a!.sqnr.toFixed(2)} dB, ${own} B; onnxruntime's tool ${b!.sqnr.toFixed(2)} dB, ${other} B`,
  );
  return { ours: a!.sqnr, theirs: b!.sqnr };
}

const renamed = (feeds: Feeds[]): Feeds[] => feeds.map(({ x }) => ({ input: x! }));
const vit = () => architecture('vit_tiny', { sample: [3, 32, 32], classes: 10, seed: 1 });

const cases: [string, () => Model, Feeds[], string[]][] = [
  ['products', mlp, correlated([16, 96]), ['MatMul', 'Gemm']],
  ['words', wordModel, wordFeeds(40), ['MatMul', 'Gemm', 'LSTM', 'Gather']],
  ['lenet', lenet, batches([8, 1, 12, 12]), ['Conv', 'Gemm', 'MatMul']],
  ['vit_tiny', vit, renamed(correlated([4, 3, 32, 32], 12)), ['MatMul', 'Gemm']],
];

/** Products without bias: x [N, 96] to y [N, 10]. */
const products = () =>
  build(({ b, weight }) => {
    const a = b.op('Tanh', [
      b.op('MatMul', [b.input('x', 'float32', ['N', 96]), weight('w1', [96, 128], 0.1)]),
    ]);
    const c = b.op('Tanh', [b.op('MatMul', [a, weight('w2', [128, 64], 0.1)])]);
    b.output(b.op('MatMul', [c, weight('w3', [64, 10], 0.1)]), 'y');
  });

/** Independent inputs: the noise of many outputs, of which none weighs more than others. */
function white(shape: readonly [number, number]): Feeds[] {
  const { normal } = random(3);
  const data = Float32Array.from({ length: shape[0] * shape[1] }, () => normal());
  return [{ x: Tensor.of('float32', data, shape) }];
}

describeWith('Quantization schemes beside the tools of onnxruntime', [onnxruntime], () => {
  test.each(cases)(
    'dynamic, %s: outputs as near to the float model',
    async (name, make, feeds, operators) => {
      for (const perChannel of [true, false]) {
        const float = make();
        const theirs = await byOnnxruntime(float, 'dynamic', [`${perChannel}`, operators.join()]);
        const ours = (await quantizeDynamic(float, { perChannel, operators })).model;
        const sqnr = await sideBySide(`${name}, per channel ${perChannel}`, float, { ours, theirs, feeds });
        // The same rounding but for the last bit of scales, which turns a few integers: noise of the noise.
        expect(sqnr.ours).toBeGreaterThan(sqnr.theirs - 0.3);
      }
    },
  );

  test.each([
    [4, 32, true],
    [4, 32, false],
    [4, 128, true],
    [4, 128, false],
    [8, 32, true],
    [8, 32, false],
  ] as const)('%i bits in groups of %i, symmetric %s', async (bits, group, symmetric) => {
    const float = products();
    const feeds = white([64, 96]);
    const theirs = await byOnnxruntime(float, 'few_bits', [`${bits}`, `${group}`, `${symmetric}`]);
    const options = { bits, group, symmetric, accuracyLevel: 1, calibration: feeds } as const;
    const nearest = (await quantizeWeights(float, options)).model;
    const gptq = (await quantizeWeights(float, { ...options, method: 'gptq' })).model;
    const title = `${bits} bits, groups of ${group}, symmetric ${symmetric}`;
    const sqnr = await sideBySide(title, float, { ours: nearest, theirs, feeds });
    expect(sqnr.ours).toBeGreaterThan(sqnr.theirs - 0.5);
    const better = await sideBySide(`${title}, GPTQ`, float, { ours: gptq, theirs, feeds });
    expect(better.ours).toBeGreaterThan(sqnr.theirs);
  });

  test.each(cases.slice(0, 3))('float16, %s: the same noise, no more casts', async (name, make, feeds) => {
    const float = make();
    const theirs = await byOnnxruntime(float, 'float16');
    const ours = (await toHalf(float)).model;
    const sqnr = await sideBySide(`float16 ${name}`, float, { ours, theirs, feeds });
    expect(sqnr.ours).toBeGreaterThan(sqnr.theirs - 0.3);
    const casts = (model: Model) => model.graph.nodes.filter(({ opType }) => opType === 'Cast').length;
    expect(casts(ours)).toBeLessThanOrEqual(casts(theirs));
  });
});
