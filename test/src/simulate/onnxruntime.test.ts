import { describe, expect, test } from 'vitest';
import { writeModel } from '../../../src/onnx/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import { simulate, thisCpu } from '../../../src/simulate/index.ts';
import { graphKinds, randomGraph } from './random-graphs.ts';

/** As many graphs of each of 21 kinds. */
const seeds = 11;

const cpu = thisCpu();

// Other processors have other kernels: on ARM, QLinearAdd is fixed-point.
describe.skipIf(!cpu)(`the simulator gives the bits of onnxruntime on this machine (${cpu?.name})`, () => {
  test.each(graphKinds)('%s', async (kind) => {
    const seen = new Set<unknown>();
    for (let seed = 0; seed < seeds; seed++) {
      const { model, feeds } = randomGraph(kind, seed);
      const session = await InferenceSession.create(writeModel(model));
      const expected = (await session.run(feeds)).y!;
      await session.release();
      const y = (await simulate(model, feeds, { cpu: cpu! })).y!;
      expect([seed, y.dtype, y.shape]).toEqual([seed, expected.dtype, expected.shape]);
      expect(different(y.data, expected.data), `${kind} of seed ${seed}`).toBe(0);
      for (const q of expected.data) seen.add(q);
    }
    // Not only the ends of the range, where any arithmetic agrees.
    expect(seen.size).toBeGreaterThan(30);
  });
});

const different = (a: ArrayLike<unknown>, b: ArrayLike<unknown>): number =>
  Array.from(a).filter((x, i) => x !== b[i]).length;
