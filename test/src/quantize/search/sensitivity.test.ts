import { expect, test } from 'vitest';
import type { Model, Tensor } from '../../../../src/ir/index.ts';
import { annotateTypes } from '../../../../src/ops/index.ts';
import { calibrate, emit, encode, minMax, planOf, prepare } from '../../../../src/quantize/index.ts';
import { planQuantization } from '../../../../src/quantize/plan.ts';
import { type SensitivityMethod, sensitivity } from '../../../../src/quantize/search/sensitivity.ts';
import { unitsOf } from '../../../../src/quantize/search/units.ts';
import { batches, build, lenet, run } from '../build.ts';

/** A residual block and a gate: units whose result is used twice. */
const residual = (): Model =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 1, 12, 12]);
    const pads = { pads: [1, 1, 1, 1] };
    const a = b.op('Relu', [b.op('Conv', [x, weight('aw', [8, 1, 3, 3]), weight('ab', [8])], pads)]);
    const c = b.op('Conv', [a, weight('cw', [8, 8, 3, 3], 0.15), weight('cb', [8])], pads);
    const sum = b.op('Relu', [b.op('Add', [a, c])]);
    const gate = b.op('Sigmoid', [b.op('GlobalAveragePool', [sum])]);
    const flat = b.op('Flatten', [b.op('GlobalAveragePool', [b.op('Mul', [sum, gate])])]);
    b.output(b.op('Gemm', [flat, weight('fw', [8, 5]), weight('fb', [5])]), 'scores');
  });

const feeds = batches([16, 1, 12, 12], 4);

async function encoded(model: Model) {
  const float = prepare(model);
  const plan = planOf(float);
  const names = [...new Set(plan.activations.values())].map(({ name }) => name);
  const ranges = await calibrate(float, names, { calibration: feeds, observer: minMax });
  // Few bits, so that the effects stand out from each other.
  const encodings = encode(plan, ranges, {
    activations: { dtype: 'uint8', integers: { min: 0, max: 63 } },
    weights: { integers: { min: -15, max: 15 }, perChannel: false },
  });
  return { float, encodings };
}

/** What quantizing one unit alone really does to the outputs. */
async function measured(
  { float, encodings }: Awaited<ReturnType<typeof encoded>>,
  method: SensitivityMethod,
) {
  const { graph } = float.clone();
  annotateTypes(graph);
  const units = unitsOf(graph, planQuantization(graph));
  const exact = await Promise.all(feeds.map((batch) => run(float, batch)));
  return Promise.all(
    units.map(async (unit) => {
      const others = units.filter((other) => other !== unit).flatMap(({ members }) => members);
      const { model } = emit(float, encodings, { plan: { exclude: new Set(others) } });
      const rounded = await Promise.all(feeds.map((batch) => run(model, batch)));
      const pairs = exact.map(({ scores }, i) => [scores!, rounded[i]!.scores!] as const);
      return method === 'fisher' ? meanDivergence(pairs) : relativeNoise(pairs);
    }),
  );
}

const relativeNoise = (pairs: readonly (readonly [Tensor, Tensor])[]): number => {
  const [noise, signal] = pairs.reduce(
    ([n, s], [x, y]) => {
      const [a, b] = [x.toNumbers(), y.toNumbers()];
      return [
        n + a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0),
        s + a.reduce((sum, v) => sum + v * v, 0),
      ];
    },
    [0, 0],
  );
  return noise! / signal!;
};

function meanDivergence(pairs: readonly (readonly [Tensor, Tensor])[]): number {
  const rows = pairs.flatMap(([x, y]) => {
    const classes = x.shape[1]!;
    const [a, b] = [x.toNumbers(), y.toNumbers()];
    return Array.from({ length: x.shape[0]! }, (_, i) => {
      const p = softmax(a.slice(i * classes, (i + 1) * classes));
      const q = softmax(b.slice(i * classes, (i + 1) * classes));
      return p.reduce((sum, v, k) => sum + v * Math.log(v / q[k]!), 0);
    });
  });
  return rows.reduce((a, b) => a + b, 0) / rows.length;
}

function softmax(row: number[]): number[] {
  const powers = row.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}

/** Spearman's. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const ranks = (xs: readonly number[]) => {
    const order = xs.map((_, i) => i).sort((i, j) => xs[i]! - xs[j]!);
    return xs.map((_, i) => order.indexOf(i));
  };
  const [x, y] = [ranks(a), ranks(b)];
  const n = a.length;
  return 1 - (6 * x.reduce((sum, r, i) => sum + (r - y[i]!) ** 2, 0)) / (n * (n * n - 1));
}

const nets = { lenet, residual };

test.each([
  ['lenet', 'fisher'],
  ['lenet', 'mse'],
  ['residual', 'fisher'],
  ['residual', 'mse'],
] as const)('one pass over %s predicts what each unit alone does (%s)', async (name, method) => {
  const net = await encoded(nets[name]());
  const scores = (await sensitivity(net.float, net.encodings, { feeds, method })).map(({ score }) => score);
  const truth = await measured(net, method);
  expect(rankCorrelation(scores, truth)).toBeGreaterThan(0.79);
  for (const [i, score] of scores.entries()) {
    expect(score / truth[i]!).toBeGreaterThan(0.5);
    expect(score / truth[i]!).toBeLessThan(2);
  }
});

test('a few samples do, if there are no more', async () => {
  const { float, encodings } = await encoded(lenet());
  const few = batches([3, 1, 12, 12], 1);
  const scores = await sensitivity(float, encodings, { feeds: few });
  expect(scores.length).toBeGreaterThan(2);
  for (const { score } of scores) expect(score).toBeGreaterThan(0);
  await expect(sensitivity(float, encodings, { feeds: [] })).rejects.toThrow(/at least one batch, had none/);
});
