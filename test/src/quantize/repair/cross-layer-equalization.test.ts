import { describe, expect, test } from 'vitest';
import { float, type Model, Tensor, type Value } from '../../../../src/ir/index.ts';
import { fuseBatchNormalization } from '../../../../src/passes/index.ts';
import { quantizeStatic } from '../../../../src/quantize/index.ts';
import { equalizeAcrossLayers } from '../../../../src/quantize/repair/index.ts';
import { random } from '../../../../src/random.ts';
import { batches, build, run, type TestBuilder } from '../build.ts';
import { described } from '../described.ts';
import { imageBatches, largestDifference, unevenNet } from './nets.ts';

const image = batches([2, 6, 8, 8]);

/** Largest magnitudes of a weight [M, ...] for each index of `axis`. */
function ranges(model: Model, name: string, axis: 0 | 1): number[] {
  const { shape, data } = model.graph.initializers.get(name)!.tensor!;
  const inner = (data as Float32Array).length / shape[0]! / shape[1]!;
  const largest = new Array<number>(shape[axis]!).fill(0);
  (data as Float32Array).forEach((w, i) => {
    const at = axis === 0 ? Math.floor(i / inner / shape[1]!) : Math.floor(i / inner) % shape[1]!;
    largest[at] = Math.max(largest[at]!, Math.abs(w));
  });
  return largest;
}

/** A weight [rows, ...] whose rows differ by factors up to 64. */
function uneven({ b, weight }: TestBuilder, name: string, shape: number[]): Value {
  const value = weight(name, shape);
  const data = value.tensor!.data as Float32Array;
  const inner = data.length / shape[0]!;
  value.tensor = Tensor.of(
    'float32',
    data.map((w, i) => w * 2 ** (Math.floor(i / inner) % 7)),
    shape,
  );
  return b.graph.addInitializer(value);
}

/** Conv 6 to 8, something, and a layer that reads it. */
const between = (name: string, write: (t: TestBuilder, x: Value) => Value): [string, Model] => [
  name,
  build((t) => {
    const { b } = t;
    const x = b.input('x', 'float32', [2, 6, 8, 8]);
    const bias = uneven(t, 'b1', [8]);
    b.output(write(t, b.op('Conv', [x, uneven(t, 'w1', [8, 6, 3, 3]), bias])), 'y');
  }),
];
const conv = ({ b, weight }: TestBuilder, x: Value) =>
  b.op('Conv', [x, weight('w2', [4, 8, 3, 3]), weight('b2', [4])]);
const dense = ({ b, weight }: TestBuilder, x: Value) =>
  b.op('Gemm', [x, weight('w2', [Number(x.shape![1]), 5])]);
const spatial = { kernel_shape: [2, 2], strides: [2, 2] };

describe('the function stays the same through', () => {
  test.each([
    between('nothing', (t, x) => conv(t, x)),
    between('Relu', (t, x) => conv(t, t.b.op('Relu', [x]))),
    between('LeakyRelu', (t, x) => conv(t, t.b.op('LeakyRelu', [x], { alpha: float(0.2) }))),
    between('PRelu', (t, x) => conv(t, t.b.op('PRelu', [x, t.weight('slope', [8, 1, 1])]))),
    between('MaxPool', (t, x) => conv(t, t.b.op('MaxPool', [x], spatial))),
    between('AveragePool', (t, x) => conv(t, t.b.op('AveragePool', [x], spatial))),
    between('Pad', (t, x) => conv(t, t.b.op('Pad', [x, t.b.int64s([0, 0, 1, 1, 0, 0, 1, 1])]))),
    between('Resize', (t, x) =>
      conv(t, t.b.op('Resize', [x, undefined, t.b.constant('float32', [1, 1, 2, 2])])),
    ),
    between('Mul and Add by channel', (t, x) =>
      conv(t, t.b.op('Add', [t.b.op('Mul', [x, t.weight('m', [8, 1, 1])]), t.weight('a', [8, 1, 1])])),
    ),
    between('Add of one number', (t, x) => conv(t, t.b.op('Relu', [t.b.op('Add', [x, t.b.scalar(0.7)])]))),
    between('Sub', (t, x) => conv(t, t.b.op('Sub', [x, t.weight('a', [1, 8, 1, 1])]))),
    between('Flatten', (t, x) => dense(t, t.b.op('Flatten', [t.b.op('Relu', [x])]))),
    between('Reshape', (t, x) => dense(t, t.b.op('Reshape', [x, t.b.int64s([0, -1])]))),
    between('Add behind Reshape', (t, x) =>
      dense(t, t.b.op('Add', [t.b.op('Reshape', [x, t.b.int64s([0, -1])]), t.weight('a', [288])])),
    ),
    between('GlobalAveragePool and Squeeze', (t, x) =>
      dense(t, t.b.op('Squeeze', [t.b.op('GlobalAveragePool', [x]), t.b.int64s([2, 3])])),
    ),
    between('ReduceMean', (t, x) => dense(t, t.b.op('ReduceMean', [x, t.b.int64s([2, 3])], { keepdims: 0 }))),
    between('Transpose to MatMul', (t, x) =>
      t.b.op('MatMul', [t.b.op('Transpose', [x], { perm: [0, 2, 3, 1] }), t.weight('w2', [8, 5])]),
    ),
    between('ConvTranspose', (t, x) =>
      t.b.op('ConvTranspose', [x, t.weight('w2', [8, 3, 2, 2])], { group: 1 }),
    ),
    between('a grouped convolution', (t, x) =>
      t.b.op('Conv', [x, t.weight('w2', [6, 4, 3, 3])], { group: 2 }),
    ),
  ])('%s', async (_name, model) => {
    const { model: equalized, report } = await equalizeAcrossLayers(model, { calibration: image });
    expect(report.rows[0]).toMatchObject({ note: '' });
    expect(report.rows[0]!.largest).toBeGreaterThan(2);
    expect(largestDifference(await run(model, image[0]!), await run(equalized, image[0]!))).toBeLessThan(
      1e-5,
    );
  });
});

test('the ranges of three layers become their geometric mean, as the formula says', async () => {
  const model = build((t) => {
    const { b, weight } = t;
    const x = b.input('x', 'float32', [2, 6, 8, 8]);
    const first = b.op('Relu', [b.op('Conv', [x, uneven(t, 'w1', [7, 6, 1, 1]), weight('b1', [7])])]);
    const depthwise = b.op('Relu', [b.op('Conv', [first, weight('w2', [7, 1, 3, 3])], { group: 7 })]);
    b.output(b.op('Conv', [depthwise, weight('w3', [4, 7, 1, 1])]), 'y');
  });
  const { model: equalized } = await equalizeAcrossLayers(model, { calibration: image });
  const [r1, r2, r3] = [ranges(model, 'w1', 0), ranges(model, 'w2', 0), ranges(model, 'w3', 1)];
  r1.forEach((first, c) => {
    const expected = Math.cbrt(first * r2[c]! * r3[c]!);
    for (const [name, axis] of [
      ['w1', 0],
      ['w2', 0],
      ['w3', 1],
    ] as const)
      expect(ranges(equalized, name, axis)[c]).toBeCloseTo(expected, 5);
    const [s12, s23] = [first / expected, expected / r3[c]!];
    const bias = (of: Model) => of.graph.initializers.get('b1')!.tensor!.toNumbers()[c]!;
    expect(bias(equalized)).toBeCloseTo(bias(model) / s12, 5);
    expect(s12 * (ranges(equalized, 'w1', 0)[c]! / first)).toBeCloseTo(1, 5);
    expect(ranges(equalized, 'w3', 1)[c]! / r3[c]!).toBeCloseTo(s23, 4);
  });
  expect(largestDifference(await run(model, image[0]!), await run(equalized, image[0]!))).toBeLessThan(1e-5);
});

test('layers in a row are gone over until both sides of each channel span the same range', async () => {
  const model = build((t) => {
    const { b, weight } = t;
    let x = b.input('x', 'float32', [2, 6, 8, 8]);
    for (const name of ['w1', 'w2', 'w3'])
      x = b.op('Relu', [b.op('Conv', [x, uneven(t, name, [6, 6, 1, 1])])]);
    b.output(b.op('Conv', [x, weight('w4', [6, 6, 1, 1])]), 'y');
  });
  const { model: equalized, report } = await equalizeAcrossLayers(model, { calibration: image });
  expect(report.title).toContain('3 of 4');
  for (const [from, to] of [
    ['w1', 'w2'],
    ['w2', 'w3'],
    ['w3', 'w4'],
  ] as const) {
    const [made, read] = [ranges(equalized, from, 0), ranges(equalized, to, 1)];
    made.forEach((range, c) => {
      expect(range / read[c]!).toBeGreaterThan(0.97);
      expect(range / read[c]!).toBeLessThan(1.03);
    });
  }
});

test('a channel of zeros keeps its factor', async () => {
  const [, model] = between('Relu', (t, x) => conv(t, t.b.op('Relu', [x])));
  const value = model.graph.initializers.get('w1')!;
  (value.tensor!.data as Float32Array).fill(0, 0, 54);
  const { model: equalized } = await equalizeAcrossLayers(model, { calibration: image });
  const reader = (of: Model) => of.graph.initializers.get('w2')!.tensor!.toNumbers().slice(0, 9);
  expect(reader(equalized)).toEqual(reader(model));
  expect((equalized.graph.initializers.get('w1')!.tensor!.data as Float32Array).every(Number.isFinite)).toBe(
    true,
  );
});

test.each([
  ['HardSwish', (t: TestBuilder, x: Value) => conv(t, t.b.op('HardSwish', [x])), 'does not commute'],
  [
    'two readers',
    (t: TestBuilder, x: Value) =>
      t.b.op('Add', [conv(t, x), t.b.op('Conv', [x, t.weight('w3', [4, 8, 3, 3])])]),
    'read by 2 nodes',
  ],
  ['Softmax', (t: TestBuilder, x: Value) => conv(t, t.b.op('Softmax', [x], { axis: 1 })), 'does not commute'],
  [
    'a sum',
    (t: TestBuilder, x: Value) =>
      conv(t, t.b.op('Add', [x, t.b.op('Conv', [t.b.graph.inputs[0]!, t.weight('w3', [8, 6, 3, 3])])])),
    'adds what is no constant',
  ],
  [
    'a channel as another axis',
    (t: TestBuilder, x: Value) => t.b.op('MatMul', [x, t.weight('w2', [6, 5])]),
    'its channels are not those',
  ],
] as const)('a layer before %s is left, and the report says why', async (_name, write, reason) => {
  const [, model] = between('', write);
  const { model: same, report } = await equalizeAcrossLayers(model, { calibration: image });
  expect(report.rows[0]!.note).toContain(reason);
  expect(largestDifference(await run(model, image[0]!), await run(same, image[0]!))).toBe(0);
});

describe('Clip', () => {
  const clipped = (high: number) =>
    between('', (t, x) => conv(t, t.b.op('Clip', [x, t.b.scalar(0), t.b.scalar(high)])))[1];
  const ops = (model: Model) => model.graph.nodes.map(({ opType }) => opType);

  test('that never acts becomes Relu', async () => {
    const { model, report } = await equalizeAcrossLayers(clipped(1e4), { calibration: image });
    expect(ops(model)).toEqual(['Conv', 'Relu', 'Conv']);
    expect(report.rows[0]!.note).toContain('never acts');
    for (const feeds of image)
      expect(largestDifference(await run(clipped(1e4), feeds), await run(model, feeds))).toBeLessThan(1e-5);
  });

  test('that acts on some channels keeps these, and nothing is added', async () => {
    const { model, report } = await equalizeAcrossLayers(clipped(12), { calibration: image });
    expect(ops(model)).toEqual(['Conv', 'Clip', 'Conv']);
    expect(report.rows[0]!.note).toMatch(/^[1-7] of 8 channels keep their factor/);
    expect(report.rows[0]!.largest).toBeGreaterThan(1.5);
    for (const feeds of image)
      expect(largestDifference(await run(clipped(12), feeds), await run(model, feeds))).toBeLessThan(1e-5);
  });

  test('with bounds for each channel is exact on any input', async () => {
    const { model } = await equalizeAcrossLayers(clipped(3), { calibration: image, clips: 'per-channel' });
    expect(ops(model)).toEqual(['Conv', 'Relu', 'Min', 'Conv']);
    const large = {
      x: Tensor.of(
        'float32',
        image[0]!.x!.toNumbers().map((x) => 50 * (x - 0.5)),
        [2, 6, 8, 8],
      ),
    };
    expect(largestDifference(await run(clipped(3), large), await run(model, large))).toBeLessThan(1e-5);
  });
});

test.each([
  ['resnet8', { spread: 1.4 }, 3],
  ['dscnn', { spread: 1.4 }, 9],
  ['mobilenetv1', { width: 0.25, spread: 0.5 }, 27],
  ['mobilenetv2', { width: 0.35, spread: 0.5 }, 37],
] as const)('float outputs of %s stay the same in both modes', async (name, options, count) => {
  const model = await unevenNet(name, options);
  const calibration = imageBatches(model, { batches: 2 });
  for (const clips of ['observed', 'per-channel'] as const) {
    const { model: equalized, report } = await equalizeAcrossLayers(model, { calibration, clips });
    expect(report.title).toContain(`: ${count} of `);
    for (const feeds of calibration) {
      const exact = await run(model, feeds);
      const rounding = largestDifference(exact, await run(roundedOnce(model), feeds));
      expect(largestDifference(exact, await run(equalized, feeds))).toBeLessThan(
        Math.max(1e-5, 3 * rounding),
      );
      expect(rounding).toBeLessThan(5e-5);
    }
  }
});

/** Weights off by what one float32 rounding does to them: what that changes, no factor can avoid. */
function roundedOnce(model: Model): Model {
  const copy = fuseBatchNormalization(model);
  const { uniform } = random(9);
  for (const value of copy.graph.initializers.values())
    if (value.dtype === 'float32' && value.shape!.length > 1) {
      const data = (value.tensor!.data as Float32Array).map(
        (w) => w * (1 + 2 ** -24 * (2 * uniform() - 1) * 1.5),
      );
      value.tensor = Tensor.of('float32', data, value.tensor!.shape);
    }
  return copy;
}

test('with one scale a tensor, DS-CNN gains more than 15 dB', async () => {
  const model = await unevenNet('dscnn');
  const calibration = imageBatches(model);
  const { model: equalized } = await equalizeAcrossLayers(model, { calibration });
  const sqnr = async (of: Model) =>
    (await described(quantizeStatic(of, calibration, { perChannel: false }))).report.outputs[0]!.sqnr;
  expect((await sqnr(equalized)) - (await sqnr(model))).toBeGreaterThan(15);
});
