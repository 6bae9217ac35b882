import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readTflite } from '../../src/convert/index.ts';
import { product, Tensor } from '../../src/ir/index.ts';
import { random } from '../../src/random.ts';
import { describeWith } from '../support/describe-with.ts';
import { runImported } from './in-onnxruntime.ts';
import { litert, type Output, runLitert } from './litert.ts';

const require = createRequire(import.meta.url);
const packages = join(dirname(require.resolve('vitest/package.json')), '..');
const fixture = (name: string): Uint8Array => readFileSync(`test/fixtures/tflite/${name}.tflite`);

/** Uniform in [-1, 1], or [0, 1], of the shape of the only input, which the file has channels last. */
function pictures(bytes: Uint8Array, { count, low = -1 }: { count: number; low?: number }): Tensor[] {
  const { model } = readTflite(bytes, { layout: 'nhwc' });
  const shape = model.graph.inputs[0]!.shape as number[];
  const source = random(17);
  return Array.from({ length: count }, () => {
    const data = Float32Array.from({ length: product(shape) }, () => low + source.uniform() * (1 - low));
    return Tensor.of('float32', data, shape);
  });
}

const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Largest difference of all outputs, relative to the largest element of each. */
function relativeDifference(expected: readonly Output[], outputs: readonly Tensor[]): number {
  const differences = expected.map(({ tensor }, i) => {
    const [left, right] = [tensor.toNumbers(), outputs[i]!.toNumbers()];
    return largest(left.map((value, at) => value - right[at]!)) / largest(left);
  });
  return Math.max(...differences);
}

const outputsOf = (result: Awaited<ReturnType<typeof runLitert>>[number]): readonly Output[] => {
  if ('error' in result) throw new Error(result.error);
  return result;
};

describeWith('Imported TFLite models beside LiteRT', [litert], () => {
  test.each([
    ['@mediapipe/face_detection/face_detection_short_range.tflite', { low: 0, tolerance: 1e-5, plain: true }],
    ['@mediapipe/face_detection/face_detection_full_range.tflite', { low: 0, tolerance: 1e-5, plain: true }],
    // Its constants are sparse.
    [
      '@mediapipe/face_detection/face_detection_full_range_sparse.tflite',
      { low: 0, tolerance: 1e-5, plain: true },
    ],
    // LiteRT has the custom operator of these in XNNPACK alone. `low` so that the sigmoid at the end is not all 0.
    ['@mediapipe/selfie_segmentation/selfie_segmentation.tflite', { low: -1, tolerance: 1e-3, plain: false }],
    [
      '@mediapipe/selfie_segmentation/selfie_segmentation_landscape.tflite',
      { low: 0, tolerance: 1e-3, plain: false },
    ],
  ])('%s: float16 weights', async (path, { low, tolerance, plain }) => {
    const bytes = readFileSync(join(packages, path));
    const [input] = pictures(bytes, { count: 1, low });
    const [result] = await runLitert([{ model: bytes, inputs: [input!], plain }]);
    const outputs = await runImported(bytes, [input!]);
    const difference = relativeDifference(outputsOf(result!), outputs);
    console.log(`${path}: relative difference ${difference.toExponential(1)}`);
    expect(difference).toBeLessThan(tolerance);
  });

  test.each([
    ['dense-float', 1e-6],
    ['mixed-fp16', 1e-6],
    // LiteRT rounds activations to int8 at each run, the imported model does not.
    ['dense-dynamic', 0.02],
    ['mixed-dynamic', 0.02],
  ])('%s', async (name, tolerance) => {
    const bytes = fixture(name);
    const inputs = pictures(bytes, { count: 20 });
    const results = await runLitert(inputs.map((input) => ({ model: bytes, inputs: [input] })));
    for (const [i, result] of results.entries()) {
      const outputs = await runImported(bytes, [inputs[i]!]);
      expect(relativeDifference(outputsOf(result), outputs)).toBeLessThan(tolerance);
    }
  });

  test.each(['mixed-int8', 'dense-int8', 'mixed-uint8-io', 'mixed-int16'])(
    '%s: integers differ by 1 at most',
    async (name) => {
      const bytes = fixture(name);
      const inputs = pictures(bytes, { count: 50 }).map((input) => asDeclared(bytes, input));
      const results = await runLitert(
        inputs.map((input) => ({ model: bytes, inputs: [input], plain: true })),
      );
      const histogram = new Map<number, number>();
      for (const [i, result] of results.entries()) {
        const outputs = await runImported(bytes, [inputs[i]!], {
          interface: 'quantized',
          optimization: 'disabled',
        });
        const [expected] = outputsOf(result);
        // 16-bit models are made with a float interface: its numbers are multiples of the scale.
        const unit = expected!.tensor.dtype === 'float32' ? 2 ** -15 : 1;
        expected!.tensor.toNumbers().forEach((value, at) => {
          const difference = Math.round(Math.abs(value - outputs[0]!.toNumbers()[at]!) / unit);
          histogram.set(difference, (histogram.get(difference) ?? 0) + 1);
        });
      }
      console.log(`${name}: outputs by difference in LSB: ${JSON.stringify([...histogram])}`);
      expect(Math.max(...histogram.keys())).toBeLessThanOrEqual(1);
    },
  );
});

/** The input as the integers that the file declares. */
function asDeclared(bytes: Uint8Array, input: Tensor): Tensor {
  const { model } = readTflite(bytes, { layout: 'nhwc', interface: 'quantized' });
  const [declared] = model.graph.inputs;
  const dtype = declared!.dtype!;
  if (dtype === 'float32') return input;
  const { node } = declared!.uses[0]!;
  const [scale = 1, zero = 0] = [1, 2].map((i) => node.input(i).tensor!.toNumbers()[0]!);
  const [low, high] = dtype === 'uint8' ? [0, 255] : [-128, 127];
  const integers = input.toNumbers().map((x) => Math.min(high, Math.max(low, Math.round(x / scale) + zero)));
  return Tensor.of(dtype, integers, input.shape);
}
