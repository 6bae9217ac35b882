import { arch } from 'node:os';
import { expect, test } from 'vitest';
import { explain } from '../../../src/explain/index.ts';
import { observe, predict } from '../../../src/explain/onnxruntime/onnxruntime.ts';
import { withNodeNames } from '../../../src/explain/onnxruntime/session-graph.ts';
import type { Shape } from '../../../src/ir/index.ts';
import { quantizeDynamic } from '../../../src/quantize/index.ts';
import { targetOf, thisMachine } from '../../../src/targets/index.ts';
import { batches, build } from '../quantize/build.ts';
import { mixedNet, relu6Net, residualNet } from '../targets/nets.ts';
import { quantizeFor } from '../targets/quantize-for.ts';
import { randomQuantized } from './random-quantized.ts';

const processor = { int8Activations: arch() === 'arm64' };

/** `bench/explain.ts` takes many more, and the zoo. */
const seeds = Array.from({ length: 40 }, (_, seed) => seed);

test('of graphs with every defect, onnxruntime does with each node what its rules say', {
  timeout: 120_000,
}, async () => {
  const states = { int8: 0, float: 0, folded: 0 };
  const differing: string[] = [];
  for (const seed of seeds) {
    const model = withNodeNames(randomQuantized(seed));
    const { basic, fates, refused } = await predict(model, processor);
    const real = await observe(model, basic).catch((error: Error) => error);
    if (real instanceof Error) {
      if (refused.size === 0) throw real;
      continue;
    }
    if (refused.size > 0) differing.push(`${seed}: not refused`);
    for (const { name } of basic.nodes) {
      states[real.get(name)!]++;
      if (fates.get(name) !== real.get(name)) differing.push(`${seed}: ${name}`);
    }
  }
  expect(differing).toEqual([]);
  // The graphs must have enough of each to be a test.
  expect(states.int8).toBeGreaterThan(100);
  expect(states.float).toBeGreaterThan(100);
  expect(states.folded).toBeGreaterThan(100);
});

test.each(['ort-cpu-vnni', 'ort-arm', 'tensorrt', 'openvino', 'qnn'])(
  'of nets quantized for %s as well',
  async (name) => {
    for (const net of [residualNet, relu6Net, mixedNet]) {
      const model = await quantizeFor(net(), targetOf(name), batches([1, 16, 8, 8]));
      const report = await explain(model, thisMachine());
      expect(report.differing).toEqual([]);
    }
  },
);

test('of products that are quantized when they run, with and without bias, by column and as a whole', async () => {
  const net = (shape: Shape) =>
    build(({ b, weight }) => {
      const x = b.input('x', 'float32', shape);
      const products = ['q', 'k'].map((name) => b.op('MatMul', [x, weight(name, [32, 32])]));
      const sum = b.op('Add', [b.op('Add', [products[0]!, weight('bias', [32])]), products[1]!]);
      b.output(b.op('MatMul', [b.op('Relu', [sum]), weight('out', [32, 16])]), 'y');
    });
  const dense = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 1, 12, 12]);
    const h = b.op('Relu', [b.op('Conv', [x, weight('c', [4, 1, 3, 3])])]);
    const flat = b.op('Flatten', [h]);
    b.output(b.op('Gemm', [flat, weight('w', [10, 400]), weight('wb', [10])], { transB: 1 }), 'y');
  });
  for (const float of [net(['N', 32]), net([2, 'S', 32]), dense])
    for (const perChannel of [true, false]) {
      const { model } = await quantizeDynamic(float, { perChannel });
      const report = await explain(model, thisMachine());
      expect(report.differing).toEqual([]);
      expect(report.nodes.filter(({ op, state }) => op === 'MatMulInteger' && state !== 'int8')).toEqual([]);
    }
});
