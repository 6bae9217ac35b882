import { describe, expect, test } from 'vitest';
import { type ExplainReport, explain } from '../../../src/explain/index.ts';
import { type GraphBuilder, Model, type Value } from '../../../src/ir/index.ts';
import { readModel, writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { displaySymbol } from '../../../src/report.ts';
import { optimizedByOnnxruntime } from '../../../src/runtime/index.ts';
import { targetOf } from '../../../src/targets/index.ts';
import { batches, build } from '../quantize/build.ts';
import { mixedNet, relu6Net, residualNet } from '../targets/nets.ts';
import { quantizeFor } from '../targets/quantize-for.ts';

/** What tests say of a graph with pairs. */
interface Pairs {
  readonly b: GraphBuilder;
  /** x [1, 4, 4, 4] of the graph, quantized. */
  readonly x: Value;
  q(x: Value, zero?: number): Value;
  dq(x: Value): Value;
  /** An int8 weight and an int32 bias, with scales 1/8 and 1/64. */
  weight(shape: number[]): Value;
  bias(scale?: number): Value;
}

function graph(write: (pairs: Pairs) => void, opset = 21): Model {
  const b = createBuilder({ name: 'test' });
  const encoding = (zero: number) => [b.constant('float32', [1 / 8], []), b.constant('uint8', [zero], [])];
  const q = (x: Value, zero = 128) => b.op('QuantizeLinear', [x, ...encoding(zero)]);
  const dq = (x: Value) => b.op('DequantizeLinear', [x, ...x.producer!.inputs.slice(1)]);
  const integers = (dtype: 'int8' | 'int32', shape: number[], scale: number) => {
    const data = b.constant(dtype, new Array(shape.reduce((a, c) => a * c)).fill(3), shape);
    return b.op('DequantizeLinear', [data, b.constant('float32', [scale], []), b.constant(dtype, [0], [])]);
  };
  const weight = (shape: number[]) => integers('int8', shape, 1 / 8);
  const bias = (scale = 1 / 64) => integers('int32', [4], scale);
  write({ b, x: dq(q(b.input('x', 'float32', [1, 4, 4, 4]))), q, dq, weight, bias });
  return new Model(b.graph, opset);
}

const of = (report: ExplainReport, op: string) => report.nodes.find((node) => node.op === op)!;
const vnni = targetOf('ort-cpu-vnni');
const kernel = [4, 4, 1, 1];

describe('why onnxruntime computes a node in float', () => {
  test.each<[string, RegExp, RegExp, (pairs: Pairs) => void]>([
    [
      'no QuantizeLinear',
      /its output 'Conv.*' has no QuantizeLinear/,
      /behind it/,
      ({ b, x, weight }) => b.output(b.op('Neg', [b.op('Conv', [x, weight(kernel)])]), 'y'),
    ],
    [
      'output of the graph',
      /is an output of the graph, without QuantizeLinear/,
      /exact enough/,
      ({ b, x, weight }) => b.output(b.op('Conv', [x, weight(kernel)]), 'y'),
    ],
    [
      'float weight',
      /input 1 'w' is float, without DequantizeLinear/,
      /before 'w'/,
      ({ b, x, q, dq }) => b.output(dq(q(b.op('Conv', [x, b.input('w', 'float32', kernel)]))), 'y'),
    ],
    [
      'two QuantizeLinears',
      /has 2 QuantizeLinears/,
      /share one/,
      ({ b, x, q, dq, weight }) => {
        const y = b.op('Conv', [x, weight(kernel)]);
        b.output(dq(q(y)), 'y');
        b.output(dq(q(y, 3)), 'z');
      },
    ],
    [
      'a float reader',
      /Neg '.*' reads its output in float, beside/,
      /behind the DequantizeLinear/,
      ({ b, x, q, dq, weight }) => {
        const y = b.op('Conv', [x, weight(kernel)]);
        b.output(dq(q(y)), 'y');
        b.output(b.op('Neg', [y]), 'z');
      },
    ],
    [
      'scale of the bias',
      /the scale of its bias is not input scale \* weight scale/,
      /int32/,
      ({ b, x, q, dq, weight, bias }) =>
        b.output(dq(q(b.op('Conv', [x, weight(kernel), bias(1 / 32)]))), 'y'),
    ],
    [
      'Relu that cuts off more',
      /the Relu behind it cuts off more/,
      /smallest integer/,
      ({ b, x, q, dq, weight }) => b.output(dq(q(b.op('Relu', [b.op('Conv', [x, weight(kernel)])]))), 'y'),
    ],
  ])('%s', async (_, because, remedy, write) => {
    const report = await explain(graph(write), vnni);
    const node = of(report, 'Conv');
    expect(node).toMatchObject({ state: 'float' });
    expect(node.because).toMatch(because);
    expect(node.remedy).toMatch(remedy);
    expect(report.differing).toEqual([]);
  });

  test('a kernel there is in older operator sets only', async () => {
    const pooled = ({ b, x, q, dq }: Pairs) =>
      b.output(dq(q(b.op('MaxPool', [x], { kernel_shape: [2, 2] }))), 'y');
    expect(of(await explain(graph(pooled, 21), vnni), 'MaxPool').state).toBe('int8');
    const newer = await explain(graph(pooled, 22), vnni);
    expect(of(newer, 'MaxPool')).toMatchObject({
      state: 'float',
      remedy: 'write the model with operator set 21',
    });
    expect(newer.differing).toEqual([]);
  });

  test('a scale that the node cannot change, an operator without kernel', async () => {
    const report = await explain(
      graph(({ b, x, q, dq }) =>
        b.output(dq(q(b.op('Tanh', [dq(q(b.op('Transpose', [x], { perm: [0, 2, 3, 1] }), 3))]))), 'y'),
      ),
      vnni,
    );
    expect(of(report, 'Transpose').because).toMatch(/moves bytes without rescaling/);
    expect(of(report, 'Tanh').because).toBe('onnxruntime has no int8 kernel for Tanh that pairs become');
    expect(report.differing).toEqual([]);
  });

  test('a Clip at which onnxruntime 1.27 refuses the model', async () => {
    // 255 / 8 = 31.875: a bound of 31.9 rounds to the same integer, and is not the same.
    const model = graph(({ b, x, q, dq }) =>
      b.output(dq(q(b.op('Clip', [b.op('Sigmoid', [x]), b.scalar(0), b.scalar(31.87)]), 0)), 'y'),
    );
    const report = await explain(model, vnni);
    expect(report.differing).toBeUndefined();
    expect(report.warnings[0]).toMatch(/refuses the whole model: the Clip behind it/);
  });
});

test('a node that goes into another shares its fate and says so', async () => {
  const report = await explain(
    graph(({ b, x, q, dq, weight }) => {
      const flat = dq(q(b.op('Reshape', [x, b.int64s([4, 16])])));
      const product = b.op('MatMul', [flat, weight([16, 4])]);
      b.output(dq(q(b.op('Add', [product, b.constant('float32', [1, 2, 3, 4])]))), 'y');
    }),
    vnni,
  );
  expect(of(report, 'MatMul')).toMatchObject({
    state: 'int8',
    because: expect.stringMatching(/part of Gemm/),
  });
  expect(of(report, 'Add')).toMatchObject({ state: 'int8' });
  expect(report.differing).toEqual([]);
});

describe('other targets', () => {
  const feeds = batches([1, 16, 8, 8]);

  test.each([
    ['tensorrt', residualNet, []],
    ['tflite', residualNet, []],
    ['tensorrt', mixedNet, ['Softmax']],
    ['edgetpu', relu6Net, ['Clip']],
    ['c', mixedNet, ['Resize']],
  ] as const)('%s computes what is quantized for it as planned', async (name, net, float) => {
    const target = targetOf(name);
    const planned = await explain(net(), target);
    expect(planned.title).toContain('Quantized for it');
    expect(planned.nodes.filter(({ state }) => state === 'float').map(({ op }) => op)).toEqual(float);
    const model = await quantizeFor(net(), target, feeds);
    const done = await explain(model, target);
    const states = (report: ExplainReport) => report.nodes.map(({ op, state }) => `${op} ${state}`);
    expect(states(done)).toEqual(states(planned));
    expect(done.differing).toBeUndefined();
  });

  test('and what was quantized for nobody in particular with its reasons', async () => {
    const report = await explain(
      graph(({ b, x, q, dq, weight }) =>
        b.output(b.op('Neg', [dq(q(b.op('Conv', [b.op('Neg', [x]), weight(kernel)])))]), 'y'),
      ),
      targetOf('tflite'),
    );
    expect(of(report, 'Conv').because).toMatch(/input 0 '.*' is float, without DequantizeLinear/);
  });
});

test('a model of operators on integers: onnxruntime runs it, others want pairs', async () => {
  const pairs = await quantizeFor(residualNet(), vnni, batches([1, 16, 8, 8]));
  const model = readModel(await optimizedByOnnxruntime(writeModel(pairs), 'extended'));
  const report = await explain(model, vnni);
  expect(report.nodes.map(({ state }) => state)).toEqual(report.nodes.map(() => 'int8'));
  expect(report.differing).toEqual([]);
  const other = await explain(model, targetOf('tensorrt'));
  expect(of(other, 'QLinearConv').because).toMatch(/reads pairs/);
});

test('it shows itself as a table and a coloured graph', async () => {
  const model = await quantizeFor(mixedNet(), targetOf('ort-arm'), batches([1, 16, 8, 8]));
  const report = await explain(model, vnni);
  const bundle = await report[displaySymbol]();
  expect(bundle['text/plain']).toMatch(/onnxruntime on x86 with VNNI: \d of 9 nodes int8/);
  const html = String(bundle['text/html']);
  for (const color of ['#1f6b3a', '#b3440e', '#6b6b6b']) expect(html).toContain(color);
});

test('of many nodes the table sums up, float ones first, and a page has them all', async () => {
  const model = build(({ b, weight }) => {
    let value = b.input('x', 'float32', [1, 8]);
    for (let i = 0; i < 21; i++)
      value = b.op('Sin', [b.op('MatMul', [value, weight(`w${i}`, [8, 8])], { name: `product${i}` })]);
    b.output(value, 'y');
  });
  const report = await explain(model, vnni);
  expect(report.nodes).toHaveLength(42);
  expect(report.rows.map(({ count, op }) => [count, op])).toEqual([
    [21, 'Sin'],
    [21, 'MatMul'],
  ]);
  const bundle = await report[displaySymbol]();
  expect(bundle['text/plain']).not.toContain('All 42 nodes');
  expect(bundle['text/html']).toContain('All 42 nodes');
});

test('pairs that a target does not take leave it float, and what it refuses is a warning', async () => {
  const model = await quantizeFor(residualNet(), targetOf('ort-cpu-vnni'), batches([1, 16, 8, 8]));
  const wrong = await explain(model, targetOf('tflite'));
  expect(wrong.nodes.filter(({ state }) => state === 'int8')).toEqual([]);
  expect(wrong.nodes[0]).toMatchObject({
    because: expect.stringMatching(/it must be int8, is uint8/),
    remedy: 'quantize for tflite',
  });
  const open = build(({ b, weight }) => {
    b.output(b.op('MatMul', [b.input('x', 'float32', ['N', 8]), weight('w', [8, 4])]), 'y');
  });
  const refused = await explain(
    await quantizeFor(open, targetOf('tflite'), batches([4, 8])),
    targetOf('edgetpu'),
  );
  expect(refused.warnings).toContainEqual(
    expect.stringMatching(/^Coral Edge TPU would refuse it. x: all its sizes must be numbers/),
  );
});
