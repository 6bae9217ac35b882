import type { Model } from '../../../ir/index.ts';
import { writeModel } from '../../../onnx/index.ts';
import { type Feeds, InferenceSession } from '../../../runtime/index.ts';
import { asTaken } from '../output-sqnr.ts';

const runs = 15;

/** Median milliseconds of a run of each model on one batch, in turns, after one run to warm up. */
export async function latencies(models: readonly Model[], feeds: Feeds): Promise<number[]> {
  const sessions = await Promise.all(models.map((model) => InferenceSession.create(writeModel(model))));
  const times = sessions.map((): number[] => []);
  try {
    for (let i = 0; i <= runs; i++)
      for (const [k, session] of sessions.entries()) {
        const taken = asTaken(feeds, session);
        const begin = performance.now();
        await session.run(taken);
        if (i > 0) times[k]!.push(performance.now() - begin);
      }
  } finally {
    await Promise.all(sessions.map((session) => session.release()));
  }
  return times.map((list) => list.sort((a, b) => a - b)[runs >> 1]!);
}
