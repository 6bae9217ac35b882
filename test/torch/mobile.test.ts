import { beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { type Comparison, largestDifference, trainBoth } from './train-both.ts';
import { torch } from './train-in-torch.ts';

const steps = 5;

/**
 * How far a float32 result may be from PyTorch's float64 one: ten times as far as PyTorch's own float32 result is, but
 * at least ten times the spacing of float32 numbers at 1, since a network this shallow may round to the same number.
 */
const tolerance = (float32: readonly number[], float64: readonly number[]): number =>
  10 * Math.max(largestDifference(float32, float64), 2 ** -23);

/** The weight of what was before the first step in the running statistics; both libraries keep 0.9 a step. */
const kept = 0.9 ** steps;

/** PyTorch averages unbiased variances (n - 1), ONNX biased ones (n); both start from 1. */
const toBiased = (variance: readonly number[], count: number): number[] =>
  variance.map((value) => kept + ((value - kept) * (count - 1)) / count);

describeWith('Depthwise network with batch normalization beside PyTorch', [torch], () => {
  let run: Comparison;
  beforeAll(async () => {
    run = await trainBoth({ network: 'mobile', optimizer: 'sgd', rate: 0.02 }, steps);
  });

  const trained = (name: string) => run.trained.graph.initializers.get(name)!.tensor!.data as Float32Array;

  test(`sgd: the first ${steps} losses are equal within float32 rounding`, () => {
    const { float32, float64 } = run.torch;
    const allowed = tolerance(float32.losses, float64.losses);
    expect(run.losses).toHaveLength(steps);
    expect(largestDifference(run.losses, float64.losses)).toBeLessThan(allowed);
  });

  test('running means and variances are equal within float32 rounding', () => {
    const { float32, float64 } = run.torch;
    expect(float64.statistics).toHaveLength(7);
    for (const [i, { mean, variance, count }] of float64.statistics.entries()) {
      const rounded = float32.statistics[i]!;
      const means = largestDifference(trained(`norm${i + 1}.running_mean`), mean);
      expect(means, `norm${i + 1}.running_mean`).toBeLessThan(tolerance(rounded.mean, mean));
      const variances = largestDifference(trained(`norm${i + 1}.running_var`), toBiased(variance, count));
      expect(variances, `norm${i + 1}.running_var`).toBeLessThan(tolerance(rounded.variance, variance));
    }
  });
});
