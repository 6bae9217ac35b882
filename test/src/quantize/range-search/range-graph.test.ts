import { expect, test } from 'vitest';
import { Model, Tensor } from '../../../../src/ir/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { createBuilder } from '../../../../src/ops/index.ts';
import { encodeActivation } from '../../../../src/quantize/encode.ts';
import type { Scheme } from '../../../../src/quantize/index.ts';
import { rangeGraph } from '../../../../src/quantize/range-search/range-graph.ts';
import { random } from '../../../../src/random.ts';
import { InferenceSession } from '../../../../src/runtime/index.ts';

const [batch, inner, classes] = [4, 6, 3];
const { normal } = random(5);
const matrix = (rows: number, columns: number) =>
  Tensor.of('float32', Float32Array.from({ length: rows * columns }, normal), [rows, columns]);

/** y = (x a) b, of which `x` and `h` = x a are rounded; `h` is an output, too. */
function network(a: Tensor, b: Tensor): Model {
  const g = createBuilder();
  const x = g.input('x', 'float32', [batch, inner]);
  const h = g.op('MatMul', [x, g.initializer('a', a)]);
  g.output(h, 'h');
  g.output(g.op('MatMul', [h, g.initializer('b', b)]), 'y');
  return new Model(g.graph);
}

const product = (left: Tensor, right: Tensor): number[][] => {
  const [rows, length] = left.shape as [number, number];
  const columns = right.shape[1]!;
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < length; k++)
        sum += Number(left.data[i * length + k]) * Number(right.data[k * columns + j]);
      return sum;
    }),
  );
};
const transposed = ({ data, shape: [rows = 0, columns = 0] }: Tensor): Tensor =>
  Tensor.of(
    'float32',
    Float32Array.from({ length: rows * columns }, (_, i) =>
      Number(data[(i % rows) * columns + Math.floor(i / rows)]),
    ),
    [columns, rows],
  );
const flat = (rows: number[][], columns: number) =>
  Tensor.of('float32', Float32Array.from(rows.flat()), [rows.length, columns]);

const scheme = (activations: Scheme['activations']): Scheme => ({
  activations,
  weights: { integers: { min: -127, max: 127 }, perChannel: true },
});

test('effects are sums over samples of (gradient . rounding error)^2, also of values that share a scale', async () => {
  const [x, a, b] = [matrix(batch, inner), matrix(inner, inner), matrix(inner, classes)];
  const [toH, toY] = [matrix(batch, inner), matrix(batch, classes)];
  const encodings = [
    { min: -3, max: 3 },
    { min: -1, max: 2 },
    { min: 0, max: 1 },
  ].map((range) => encodeActivation(range, scheme({ dtype: 'uint8' })));
  const nibble = encodeActivation(
    { min: -2, max: 2 },
    scheme({ dtype: 'uint8', integers: { min: 0, max: 15 } }),
  );
  const graph = rangeGraph(network(a, b), [
    { values: ['x'], encodings },
    { values: ['x', 'h'], encodings: [nibble, encodings[1]!] },
  ]);
  const session = await InferenceSession.create(writeModel(graph));
  const { effect } = await session.run({ x, 'direction/h': toH, 'direction/y': toY });
  await session.release();

  const h = flat(product(x, a), inner);
  const back = product(toY, transposed(b));
  const slopeH = flat(
    back.map((row, i) => row.map((slope, j) => slope + Number(toH.data[i * inner + j]))),
    inner,
  );
  const slopeX = flat(product(slopeH, transposed(a)), inner);
  const effectOf = (value: Tensor, slope: Tensor, encoding: (typeof encodings)[number]) => {
    const { scale, zeroPoint, integers } = encoding;
    let sum = 0;
    for (let i = 0; i < batch; i++) {
      let dot = 0;
      for (let j = i * inner; j < (i + 1) * inner; j++) {
        const exact = Number(value.data[j]);
        const integer = Math.min(integers.max, Math.max(integers.min, Math.round(exact / scale) + zeroPoint));
        dot += Number(slope.data[j]) * ((integer - zeroPoint) * scale - exact);
      }
      sum += dot * dot;
    }
    return sum;
  };
  const shared = (encoding: (typeof encodings)[number]) =>
    effectOf(x, slopeX, encoding) + effectOf(h, slopeH, encoding);
  const expected = [
    ...encodings.map((encoding) => effectOf(x, slopeX, encoding)),
    ...[nibble, encodings[1]!].map(shared),
  ];
  expect(effect!.shape).toEqual([expected.length]);
  for (const [i, value] of expected.entries()) expect(Number(effect!.data[i]) / value).toBeCloseTo(1, 3);
});
