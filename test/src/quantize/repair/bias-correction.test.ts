import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../../../src/ir/index.ts';
import { emit } from '../../../../src/quantize/emit.ts';
import type { Encodings } from '../../../../src/quantize/encodings.ts';
import { exposeValues } from '../../../../src/quantize/expose.ts';
import { correctBias } from '../../../../src/quantize/repair/index.ts';
import { dequantizeConstant } from '../../../../src/quantize/weights.ts';
import { batches, build, run } from '../build.ts';
import { encoded, outputSqnr } from './encoded.ts';
import { blobBatches, imageBatches, squeezeNet, unevenNet } from './nets.ts';

/** Mean of each channel (axis 1) over several tensors. */
function means(tensors: readonly Tensor[]): number[] {
  const sums = new Array<number>(tensors[0]!.shape[1]!).fill(0);
  let count = 0;
  for (const tensor of tensors) {
    const inner = tensor.size / tensor.shape[0]! / tensor.shape[1]!;
    tensor.toNumbers().forEach((x, i) => {
      sums[Math.floor(i / inner) % sums.length]! += x;
    });
    count += tensor.size / sums.length;
  }
  return sums.map((sum) => sum / count);
}

const figures = (encodings: Encodings) =>
  [...encodings.weights].map(([name, { bias }]) => [name, bias && [...bias]]);

test('behind the full correction every channel of every layer has its float mean', async () => {
  const calibration = blobBatches({ batches: 3, size: 8 });
  const subject = await encoded(squeezeNet(), calibration, { perChannel: false });
  const before = figures(subject.encodings);
  const { encodings, report } = await correctBias(subject, { calibration });
  expect(report.title).toBe('Bias correction (full): 14 of 14 layers');
  expect(figures(subject.encodings)).toEqual(before);
  const names = [...encodings.weights.keys()].filter((name) => name !== 'y');
  const [float, quantized] = [
    exposeValues(subject.float, names),
    exposeValues(emit(subject.float, encodings).model, names),
  ];
  const [real, rounded] = [[] as Record<string, Tensor>[], [] as Record<string, Tensor>[]];
  for (const feeds of calibration) {
    real.push(await run(float, feeds));
    rounded.push(await run(quantized, feeds));
  }
  for (const name of names) {
    const [x, y] = [means(real.map((one) => one[name]!)), means(rounded.map((one) => one[name]!))];
    const step = quantized.graph.value(name)!.producer!.input(2).producer!.input(1).tensor!.toNumbers()[0]!;
    const size = Math.max(...x.map(Math.abs));
    x.forEach((mean, c) => {
      expect(Math.abs(mean - y[c]!)).toBeLessThan(0.5 * step + 1e-5 * size);
    });
  }
});

test('the fast correction of a matrix product is (W - Q(W))^T E[x]', async () => {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 16]);
    b.output(b.op('Gemm', [x, weight('w', [16, 6]), weight('c', [6])]), 'y');
  });
  const calibration = batches([32, 16]);
  const subject = await encoded(model, calibration, { bits: 4 });
  const { encodings } = await correctBias(subject, { calibration, method: 'fast' });
  const w = subject.float.graph.initializers.get('w')!.tensor!.toNumbers();
  const rounded = dequantizeConstant(subject.encodings.weights.get('y')!.weight);
  const x = means(calibration.map((feeds) => feeds.x!));
  const old = subject.encodings.weights.get('y')!.bias!;
  encodings.weights.get('y')!.bias!.forEach((b, c) => {
    const shift = x.reduce((sum, mean, k) => sum + mean * (w[6 * k + c]! - rounded[6 * k + c]!), 0);
    expect(b - old[c]!).toBeCloseTo(shift, 5);
    expect(Math.abs(shift)).toBeGreaterThan(1e-5);
  });
});

describe('full bias correction recovers a net with squeeze and excitation on which fast correction fails', () => {
  test.each([
    // Measured on held-out images: without 18.8 dB, fast 18.9, full 28.8; without 11.6, fast 12.8, full 21.0.
    ['one scale a tensor, 8 bits', { perChannel: false, bits: 8 }, 1.5],
    ['a scale a channel, 4 bits', { perChannel: true, bits: 4 }, 1],
  ] as const)('%s', async (_name, scheme, spread) => {
    const calibration = blobBatches({ seed: 1 });
    const heldOut = blobBatches({ seed: 2 });
    const subject = await encoded(squeezeNet({ spread }), calibration, scheme);
    const sqnr = async ({ encodings }: { encodings: Encodings }) =>
      outputSqnr(subject.float, encodings, heldOut);
    const none = await sqnr(subject);
    const fast = await sqnr(await correctBias(subject, { calibration, method: 'fast' }));
    const full = await sqnr(await correctBias(subject, { calibration }));
    expect(fast).toBeLessThan(none + 2);
    expect(full).toBeGreaterThan(none + 7);
    expect(full).toBeGreaterThan(fast + 7);
  });
});

test('what is kept between levels does not change the result', async () => {
  const model = await unevenNet('resnet8', { side: 16 });
  const calibration = imageBatches(model, { batches: 2, size: 4 });
  const subject = await encoded(model, calibration, { bits: 4 });
  const [all, none] = [
    await correctBias(subject, { calibration }),
    await correctBias(subject, { calibration, memory: 0 }),
  ];
  for (const [name, { bias }] of all.encodings.weights)
    bias!.forEach((b, c) => {
      expect(b).toBeCloseTo(none.encodings.weights.get(name)!.bias![c]!, 4);
    });
});

test('a layer without bias gets one, a MatMul is left and the report says why', async () => {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 3, 8, 8]);
    const y = b.op('Flatten', [b.op('Relu', [b.op('Conv', [x, weight('w1', [4, 3, 3, 3])])])]);
    b.output(b.op('MatMul', [y, weight('w2', [144, 5])]), 'y');
  });
  const calibration = batches([4, 3, 8, 8]);
  const subject = await encoded(model, calibration, { bits: 3 });
  const { encodings, report } = await correctBias(subject, { calibration });
  const conv = report.rows[0]!.layer as string;
  expect(subject.encodings.weights.get(conv)!.bias).toBeUndefined();
  expect(encodings.weights.get(conv)!.bias!.some((b) => b !== 0)).toBe(true);
  expect(report.rows[1]).toMatchObject({ layer: 'y', note: expect.stringContaining('MatMul takes no bias') });
  const [none, full] = [
    await outputSqnr(subject.float, subject.encodings, calibration),
    await outputSqnr(subject.float, encodings, calibration),
  ];
  expect(full).toBeGreaterThan(none);
});

test.each(['full', 'fast'] as const)(
  'a model without a layer to correct stays as it is: %s',
  async (method) => {
    const float = build(({ b }) => {
      const pooled = b.op('GlobalAveragePool', [b.input('x', 'float32', ['N', 2, 4, 4])]);
      b.output(b.op('Flatten', [b.op('Add', [pooled, pooled])]), 'y');
    });
    const feeds = batches([3, 2, 4, 4]);
    const subject = await encoded(float, feeds);
    const { encodings, report } = await correctBias(subject, { calibration: feeds, method });
    expect(encodings.weights).toEqual(subject.encodings.weights);
    expect(report.rows).toEqual([]);
  },
);

test('shifts above the threshold are left with their figures', async () => {
  const calibration = blobBatches({ batches: 1 });
  const subject = await encoded(squeezeNet(), calibration, { perChannel: false });
  const { encodings, report } = await correctBias(subject, { calibration, threshold: 1e-9 });
  expect(report.title).toBe('Bias correction (full): 0 of 14 layers');
  expect(report.rows[0]!.note).toMatch(
    /^left: a shift is .* times the spread of its channel, more than 1e-9$/,
  );
  expect(encodings).toEqual(subject.encodings);
  await expect(correctBias(subject, { calibration, threshold: 0 })).rejects.toThrow('must be above 0, was 0');
});

test('calibration that can be gone through once only is refused', async () => {
  const feeds = blobBatches({ batches: 1 });
  const subject = await encoded(squeezeNet(), feeds);
  const once = feeds.values();
  await expect(correctBias(subject, { calibration: once })).rejects.toThrow('give an array, not a generator');
});
