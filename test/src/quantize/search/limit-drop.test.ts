import { expect, test } from 'vitest';
import { type Model, product, Tensor } from '../../../../src/ir/index.ts';
import { calibrate, encode, minMax, planOf, prepare } from '../../../../src/quantize/index.ts';
import {
  type Judged,
  limitDrop,
  metricOf,
  type Samples,
  SearchReport,
} from '../../../../src/quantize/search/index.ts';
import { random } from '../../../../src/random.ts';
import { displaySymbol } from '../../../../src/report.ts';
import { batches, build, run } from '../build.ts';

/** A classifier of which one layer has an outlier in its weights: per tensor, few bits are left for the rest. */
const outlier = (): Model =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 1, 12, 12]);
    const flat = b.op('Flatten', [x]);
    const spoiled = weight('spoiled', [144, 24], 0.1);
    (spoiled.tensor!.data as Float32Array)[5] = 40;
    const third = weight('third', [24, 24], 0.2);
    // Nothing reads the column of the outlier: it costs the scale only.
    (third.tensor!.data as Float32Array).fill(0, 5 * 24, 6 * 24);
    const h = b.op('Relu', [b.op('Gemm', [flat, weight('first', [144, 144], 0.1), weight('b', [144])])]);
    const g = b.op('Relu', [b.op('Gemm', [h, spoiled, weight('c', [24])])]);
    const k = b.op('Relu', [b.op('Gemm', [g, third, weight('d', [24])])]);
    b.output(b.op('Gemm', [k, weight('last', [24, 10], 0.3), weight('e', [10])]), 'scores');
  });

const shape = [32, 1, 12, 12];

function samples(seed: number, count: number): Samples {
  return {
    count,
    async *batches() {
      const { uniform } = random(seed);
      for (let i = 0; i < count / shape[0]!; i++) {
        const data = Float32Array.from({ length: product(shape) }, uniform);
        yield { feeds: { x: Tensor.of('float32', data, shape) } };
      }
    },
  };
}

const feeds = batches(shape, 4);

async function choices(model: Model, bits = 127) {
  const float = prepare(model);
  const plan = planOf(float);
  const names = [...new Set(plan.activations.values())].map(({ name }) => name);
  const ranges = await calibrate(float, names, { calibration: feeds, observer: minMax });
  const made = (max: number) =>
    encode(plan, ranges, {
      activations: { dtype: 'uint8' },
      weights: { integers: { min: -max, max }, perChannel: false },
    });
  return { float, encodings: made(bits), wider: made(127), plan };
}

const agreement = metricOf('agreement');

test('only what int8 spoils stays float, and the drop holds on other samples', async () => {
  const { float, encodings } = await choices(outlier());
  const options = { maxDrop: 0.05, metric: agreement, feeds, samples: samples(7, 2048) };
  const { emitted, exclude, report } = await limitDrop(float, { encodings }, options);
  const spoiled = [...encodings.weights].find(
    ([, { weight }]) => weight.tensor.shape[0] === 144 && weight.tensor.shape[1] === 24,
  )![0];
  expect(exclude).toContain(spoiled);
  // Its result has the outlier too, so that who reads it must not round it either.
  expect(report.float).toHaveLength(2);
  expect(report.judged[0]).toMatchObject({ promotions: [], verdict: 'beyond' });
  expect(report.evaluations).toBeLessThanOrEqual(2 + 2 * Math.log2(4));
  const drop = await disagreement(float, emitted.model, samples(8, 512));
  expect(drop).toBeLessThanOrEqual(0.05);
});

async function disagreement(float: Model, other: Model, { batches }: Samples): Promise<number> {
  let [differ, count] = [0, 0];
  for await (const { feeds } of batches()) {
    const [a, b] = await Promise.all([run(float, feeds), run(other, feeds, { exact: false })]);
    const best = ({ scores }: Record<string, Tensor>) =>
      Array.from({ length: shape[0]! }, (_, i) => {
        const row = scores!.toNumbers().slice(i * 10, i * 10 + 10);
        return row.indexOf(Math.max(...row));
      });
    const [p, q] = [best(a), best(b)];
    differ += p.filter((label, i) => label !== q[i]).length;
    count += p.length;
  }
  return differ / count;
}

test('weights of few bits become wider before anything becomes float', async () => {
  const { float, encodings, wider } = await choices(lenetLike(), 3);
  const options = { maxDrop: 0.08, metric: agreement, feeds, samples: samples(7, 2048) };
  const { report, encodings: chosen, exclude } = await limitDrop(float, { encodings, wider }, options);
  expect(exclude.size).toBe(0);
  const widths = [...chosen.weights.values()].map(({ integers }) => integers.max);
  expect(widths).toContain(127);
  expect(report.title).toMatch(/with 8-bit weights/);
});

const lenetLike = (): Model =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 1, 12, 12]);
    const c = b.op('Relu', [b.op('Conv', [x, weight('cw', [8, 1, 3, 3]), weight('cb', [8])])]);
    const flat = b.op('Flatten', [b.op('MaxPool', [c], { kernel_shape: [2, 2], strides: [2, 2] })]);
    const h = b.op('Relu', [b.op('Gemm', [flat, weight('h', [200, 32], 0.1), weight('hb', [32])])]);
    b.output(b.op('Gemm', [h, weight('o', [32, 10]), weight('ob', [10])]), 'scores');
  });

test('a search is resumed from what was stored, and shows itself', async () => {
  const { float, encodings } = await choices(outlier());
  const stored: Judged[] = [];
  const options = {
    maxDrop: 0.05,
    metric: agreement,
    feeds,
    profile: async () => [],
    samples: samples(7, 2048),
  };
  const first = await limitDrop(float, { encodings }, { ...options, onJudged: (one) => stored.push(one) });
  const never: Samples = {
    count: 2048,
    batches: () => {
      throw new Error('nothing is to be judged again');
    },
  };
  const again = await limitDrop(float, { encodings }, { ...options, samples: never, resume: stored });
  expect(again.exclude).toEqual(first.exclude);
  const bundle = await first.report[displaySymbol]();
  expect(bundle['text/html']).toMatch(/Drop of agreement against the share of MACs in int8/);
  expect(bundle['text/plain']).toMatch(/2 of 4 units float/);
});

test.each([0, 1, -0.01])('a limit of %f is refused', async (maxDrop) => {
  const { float, encodings } = await choices(outlier());
  const options = { maxDrop, metric: agreement, feeds, samples: samples(7, 64) };
  await expect(limitDrop(float, { encodings }, options)).rejects.toThrow(
    /largest drop must be between 0 and 1/,
  );
});

test('a unit that was wider first and is float now counts once, and nothing is claimed of models that were not decided on', () => {
  const promotions = ['a', 'b'].flatMap((unit) =>
    (['int8 weights', 'float'] as const).map((to) => ({ unit, to })),
  );
  const report = new SearchReport({
    result: { chosen: promotions, judged: [], interrupted: false },
    where: 'this machine',
    ranked: ['a', 'b'].map((name) => ({
      unit: { name, node: name, op: 'Conv', output: name, members: [name] },
      ...{ score: 1, gain: 1 },
    })),
    maxDrop: 0.01,
    metric: agreement,
    macs: new Map(),
  });
  expect(report.title).toMatch(/2 of 2 units float, 0 evaluations$/);
  expect(report.warnings).toEqual([
    expect.stringMatching(/^No quantized model could be shown to hold on these/),
  ]);
});

test('too few samples to show a drop are refused with the number that it takes', async () => {
  const { float, encodings } = await choices(outlier());
  const limit = { maxDrop: 0.01, metric: agreement, feeds };
  const message = await limitDrop(float, { encodings }, { ...limit, samples: samples(7, 32) }).catch(String);
  const needed = Number(/at least (\d+) samples.*has 32/.exec(message as string)?.[1]);
  // Betting 0.9 of what is at stake on each of n equal samples, wealth is (1 + 0.9 limit / (1 - limit))^n.
  const least = Math.log(2 / 0.01) / Math.log1p((0.9 * 0.01) / 0.99);
  expect(needed).toBeGreaterThan(least);
  expect(needed).toBeLessThan(3 * least);
});
