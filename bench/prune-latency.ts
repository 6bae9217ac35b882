import { type Model, Tensor } from '../src/ir/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { InferenceSession } from '../src/runtime/index.ts';

/** Median time in ms of each model, of runs that alternate: batch 1, one thread. */
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
