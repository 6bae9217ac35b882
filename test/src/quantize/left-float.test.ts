import { expect, test } from 'vitest';
import { Node, Value } from '../../../src/ir/index.ts';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import { batches, build, decibels, run } from './build.ts';
import { described } from './described.ts';

const feeds = batches([4, 8]);

test('an operator without rule stays float between int8 ones, and is reported', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 8]);
    const wave = b.op('Exp', [b.op('Gemm', [x, weight('a', [8, 6])])]);
    b.output(b.op('Gemm', [wave, weight('b', [6, 3])]), 'y');
  });
  const { model, report } = await described(quantizeStatic(float, feeds));
  expect(report.left.map(({ op, reason }) => `${op}: ${reason}`)).toEqual([
    'Exp: operator Exp has no quantization rule',
  ]);
  expect(report.warnings[0]).toBe('1 of 3 nodes stay float, see below');
  expect(decibels((await run(float, feeds[0]!)).y!, (await run(model, feeds[0]!)).y!)).toBeGreaterThan(30);
});

test('a weight that is computed stays float', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', [4, 8]);
    const square = b.op('MatMul', [x, b.op('Transpose', [x], { perm: [1, 0] })]);
    b.output(b.op('MatMul', [square, weight('w', [4, 4])]), 'y');
  });
  const { model, report } = await described(quantizeStatic(float, feeds));
  expect(report.left.map(({ op, reason }) => `${op}: ${reason}`)).toEqual([
    'Transpose: its input is float',
    'MatMul: its weight is not a constant: on integers only where all around it is',
  ]);
  expect(decibels((await run(float, feeds[0]!)).y!, (await run(model, feeds[0]!)).y!)).toBeGreaterThan(30);
});

test('float readers of an int8 value read the int8 value, readers of a float one keep full precision', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 8]);
    const h = b.op('Gemm', [x, weight('w', [8, 4])]);
    b.output(b.op('Exp', [h]), 'waves');
    b.output(b.op('Exp', [x]), 'clean');
    b.output(b.op('Relu', [h]), 'y');
  });
  const { model } = await quantizeStatic(float, feeds);
  const reader = (name: string) => model.graph.outputs.find((v) => v.name === name)!.producer!.input(0);
  expect(reader('waves').producer!.opType).toBe('DequantizeLinear');
  expect(reader('clean').name).toBe('x');
});

test('a value that is an output and goes on keeps its name and is int8 for both', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 8]);
    const h = b.output(b.op('Relu', [b.op('Gemm', [x, weight('w', [8, 4])])]), 'features');
    b.output(b.op('Gemm', [h, weight('v', [4, 2])]), 'y');
  });
  const { model } = await quantizeStatic(float, feeds);
  expect(model.graph.outputs.map((v) => v.name)).toEqual(['features', 'y']);
  const [exact, rounded] = [await run(float, feeds[0]!), await run(model, feeds[0]!)];
  expect(decibels(exact.features!, rounded.features!)).toBeGreaterThan(30);
});

test('Gemm with factors stays float: the int8 kernel of onnxruntime would scale its bias', async () => {
  for (const name of ['alpha', 'beta']) {
    const float = build(({ b, weight }) => {
      const h = b.op('Gemm', [b.input('x', 'float32', ['N', 8]), weight('v', [8, 8])]);
      const inputs = [h, weight('w', [8, 4]), weight('bias', [4], 2)];
      b.output(b.op('Gemm', inputs, { [name]: { type: 'float', value: 0.25 } }), 'y');
    });
    const { model, report } = await described(quantizeStatic(float, feeds, { reduceRange: true }));
    expect(report.left.map(({ reason }) => reason)).toEqual(['its alpha or beta is not 1']);
    const [exact, rounded] = [await run(float, feeds[0]!), await run(model, feeds[0]!, { exact: false })];
    expect(decibels(exact.y!, rounded.y!), name).toBeGreaterThan(25);
  }
});

test('Gemm with A transposed is right in the int8 kernels too', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', [4, 8]);
    b.output(b.op('Gemm', [x, weight('w', [4, 3]), weight('bias', [3], 2)], { transA: 1 }), 'y');
  });
  const { model } = await quantizeStatic(float, feeds, { reduceRange: true });
  const [exact, rounded] = [await run(float, feeds[0]!), await run(model, feeds[0]!, { exact: false })];
  expect(decibels(exact.y!, rounded.y!)).toBeGreaterThan(25);
});

test('what stands behind an unknown operator has no type, and the file still loads', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 2, 2, 2]);
    const first = b.op('Conv', [x, weight('w', [3, 2, 1, 1])]);
    // One of onnxruntime's own that Edgebook does not know.
    const odd = new Node({
      opType: 'Trilu',
      domain: 'com.microsoft',
      inputs: [first],
      outputs: [new Value('odd')],
    });
    const relu = new Node({ opType: 'Relu', inputs: odd.outputs, outputs: [new Value('relu')] });
    b.graph.insert(odd);
    b.graph.insert(relu);
    b.output(b.op('Conv', [relu.output(), weight('v', [2, 3, 1, 1])]), 'y');
  });
  float.opsets.set('com.microsoft', 1);
  const { model } = await quantizeStatic(float, batches([4, 2, 2, 2]));
  expect(model.graph.value('relu')!.type).toBeUndefined();
  const sample = batches([4, 2, 2, 2])[0]!;
  const [exact, rounded] = [await run(float, sample), await run(model, sample)];
  expect(decibels(exact.y!, rounded.y!)).toBeGreaterThan(25);
});
