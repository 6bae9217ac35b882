/** Numbers of the pruning benchmarks: shares in points, paired 95 % intervals, times side by side. */
import type { Model } from '../src/ir/index.ts';
import { Tensor } from '../src/ir/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { InferenceSession } from '../src/runtime/index.ts';

/** Median time of each model in ms at batch 1 on one thread, of runs that alternate. */
export async function medians(
  models: readonly Model[],
  sample: readonly number[],
  runs = 400,
): Promise<number[]> {
  const sessions = await Promise.all(
    models.map((model) => InferenceSession.create(writeModel(model), { threads: 1 })),
  );
  const times: number[][] = models.map(() => []);
  const size = sample.reduce((a, b) => a * b, 1);
  const feed = Tensor.of('float32', new Float32Array(size).fill(0.5), [1, ...sample]);
  const input = models[0]!.graph.feeds[0]!.name;
  for (let run = -50; run < runs; run++) {
    for (const [i, session] of sessions.entries()) {
      const started = performance.now();
      await session.run({ [input]: feed });
      if (run >= 0) times[i]!.push(performance.now() - started);
    }
  }
  for (const session of sessions) await session.release();
  return times.map((own) => own.toSorted((a, b) => a - b)[Math.floor(own.length / 2)]!);
}

/** Two-sided 95 % quantiles of Student's t for 1 to 9 degrees of freedom. */
const studentT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** Mean and half the width of its 95 % interval by Student's t. */
export function interval(values: readonly number[]): { mean: number; half: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const t = studentT[values.length - 2] ?? Number.NaN;
  return { mean, half: t * Math.sqrt(variance / values.length) };
}

export const percent = (share: number): string => (100 * share).toFixed(2);

/** `+1.25 +- 0.40`, of shares. */
export const points = (values: readonly number[]): string => {
  const { mean, half } = interval(values);
  return `${mean >= 0 ? '+' : ''}${percent(mean)} +- ${percent(half)}`;
};

/** What an interval of differences tells. */
export function verdict(differences: readonly number[]): 'better' | 'worse' | 'not told apart' {
  const { mean, half } = interval(differences);
  if (mean - half > 0) return 'better';
  return mean + half < 0 ? 'worse' : 'not told apart';
}
