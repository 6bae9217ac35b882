import { expect, test } from 'vitest';
import type { Model } from '../../../src/ir/index.ts';
import type { IntegerRange } from '../../../src/quantize/index.ts';
import {
  calibrate,
  emit,
  encode,
  minMax,
  planOf,
  prepare,
  type Scheme,
} from '../../../src/quantize/index.ts';
import { batches, decibels, lenet, run } from './build.ts';

const feeds = batches([4, 1, 12, 12]);

async function pieces(scheme: Scheme, exclude?: ReadonlySet<string>) {
  const float = prepare(lenet());
  const plan = planOf(float, exclude && { exclude });
  const names = [...new Set(plan.activations.values())].map(({ name }) => name);
  const ranges = await calibrate(float, names, { calibration: feeds, observer: minMax });
  return { float, plan, encodings: encode(plan, ranges, scheme) };
}

/** The real numbers that the node with the weight called `name` computes with. */
async function weightOf(model: Model, name: string): Promise<number[]> {
  const copy = model.clone();
  copy.graph.outputs.push(copy.graph.value(`${name}_dequantized`)!);
  return (await run(copy, feeds[0]!))[`${name}_dequantized`]!.toNumbers();
}

const int8 = { min: -127, max: 127 };
const scheme = (weights: IntegerRange, activations: Scheme['activations'] = { dtype: 'uint8' }): Scheme => ({
  activations,
  weights: { integers: weights, perChannel: true },
});

test.each([
  ['8 bits', int8],
  ['4 bits', { min: -7, max: 7 }],
  ['2 bits', { min: -1, max: 1 }],
])('weights of %s behind fake quantization are the integers that are written', async (_, integers) => {
  const { float, encodings } = await pieces(scheme(integers));
  const written = emit(float, encodings).model;
  const fake = emit(float, encodings, { weights: 'fake' }).model;
  for (const name of ['c1w', 'c2w', 'f1w', 'f2w']) {
    const [a, b] = await Promise.all([written, fake].map((model) => weightOf(model, name)));
    expect(b).toStrictEqual(a);
  }
  // Biases are float in one and int32 in the other, which moves a few activations to the next integer.
  const [a, b] = await Promise.all([run(written, feeds[0]!), run(fake, feeds[0]!)]);
  expect(decibels(b.scores!, a.scores!)).toBeGreaterThan(35);
  const largest = [...encodings.weights.values()].flatMap(({ weight }) =>
    weight.tensor.toNumbers().map(Math.abs),
  );
  expect(Math.max(...largest)).toBe(integers.max);
});

test('fake quantization limits a weight that has left its integers', async () => {
  const { float, encodings } = await pieces(scheme({ min: -7, max: 7 }));
  const fake = emit(float, encodings, { weights: 'fake' }).model;
  const grown = fake.clone();
  const data = grown.graph.initializers.get('f2w')!.tensor!.data as Float32Array;
  data.forEach((w, i) => {
    data[i] = 100 * w;
  });
  const scores = (await run(grown, feeds[0]!)).scores!.toNumbers();
  const before = (await run(fake, feeds[0]!)).scores!.toNumbers();
  const energy = (numbers: number[]) => numbers.reduce((sum, x) => sum + x * x, 0);
  expect(energy(scores) / energy(before)).toBeLessThan(100);
});

test('activations of 4 bits are those integers only', async () => {
  const narrow = { dtype: 'uint8', integers: { min: 0, max: 15 } } as const;
  const { float, encodings } = await pieces(scheme(int8, narrow));
  const { model, activations } = emit(float, encodings);
  const { graph } = model;
  const scores = graph.value(activations.get('scores')!)!;
  const quantized = scores.producer!.input(0);
  graph.outputs.push(quantized);
  const values = (await run(model, feeds[0]!))[quantized.name]!.toNumbers();
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThanOrEqual(15);
  expect(new Set(values).size).toBeGreaterThan(4);
});

test.each(['int8', 'uint8'] as const)(
  'symmetric %s activations have their zero in the middle',
  async (dtype) => {
    const { encodings } = await pieces(scheme(int8, { dtype, symmetric: true }));
    for (const { zeroPoint, scale, range } of encodings.activations.values()) {
      expect(zeroPoint).toBe(dtype === 'int8' ? 0 : 128);
      expect(scale * 127).toBeCloseTo(Math.max(Math.abs(range.min), Math.abs(range.max)), 4);
    }
  },
);

test('an excluded node stays float and is named among those', async () => {
  const first = lenet()
    .graph.nodes.find(({ opType }) => opType === 'Conv')!
    .output().name;
  const { plan } = await pieces(scheme(int8), new Set([first]));
  const left = [...plan.left].map(([node, reason]) => [node.output().name, reason]);
  expect(left).toContainEqual([first, 'it was excluded']);
  expect([...plan.nodes.keys()].map((node) => node.output().name)).not.toContain(first);
});
