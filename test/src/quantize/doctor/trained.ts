import { type Model, product, Tensor, type Value } from '../../../../src/ir/index.ts';
import { random } from '../../../../src/random.ts';
import type { Feeds } from '../../../../src/runtime/index.ts';
import { build, run } from '../build.ts';

export const shape = [1, 12, 12];

/** Waves of random direction, in 0 to 1: what the test models were "trained" on. */
export function waves(samples: number, seed = 1): Float32Array {
  const { uniform } = random(seed);
  const data = new Float32Array(samples * product(shape));
  for (let s = 0; s < samples; s++) {
    const [a, b, phase] = [0.6 + 0.4 * uniform(), 0.6 + 0.4 * uniform(), 6.28 * uniform()];
    for (let i = 0; i < 144; i++)
      data[s * 144 + i] = 0.5 + 0.5 * Math.sin(a * Math.floor(i / 12) + b * (i % 12) + phase);
  }
  return data;
}

/** White noise, in 0 to 1. */
export const noise = (samples: number): Float32Array => {
  const { uniform } = random(5);
  return Float32Array.from({ length: samples * 144 }, uniform);
};

/** Batches of 8. */
export function feedsOf(data: Float32Array, change = (x: number) => x): Feeds[] {
  const samples = data.length / 144;
  return Array.from({ length: Math.ceil(samples / 8) }, (_, i) => {
    const part = data.subarray(i * 8 * 144, (i + 1) * 8 * 144).map(change);
    return { x: Tensor.of('float32', part, [part.length / 144, ...shape]) };
  });
}

/** Mean and variance of each channel. */
export function channelStatistics(tensor: Tensor): { mean: number[]; variance: number[] } {
  const [samples = 1, channels = 1] = tensor.shape;
  const data = tensor.toNumbers();
  const plane = data.length / samples / channels;
  const all = Array.from({ length: channels }, (_, c) =>
    data.filter((_, i) => Math.floor(i / plane) % channels === c),
  );
  const mean = all.map((own) => own.reduce((a, b) => a + b) / own.length);
  const variance = all.map((own, c) => own.reduce((sum, x) => sum + (x - mean[c]!) ** 2, 0) / own.length);
  return { mean, variance };
}

interface Statistics {
  readonly mean: number[];
  readonly variance: number[];
}

/** Two convolutions with batch normalization and Relu, then a Gemm; `norm` is left out where there are no statistics. */
function network(norms: readonly (Statistics | undefined)[]): Model {
  return build(({ b, weight }) => {
    const block = (x: Value, at: number, [from, to]: [number, number]) => {
      const y = b.op('Conv', [x, weight(`w${at}`, [to, from, 3, 3])], { pads: [1, 1, 1, 1] });
      y.name = `conv${at}`;
      const norm = norms[at];
      if (!norm) return b.op('Relu', [y]);
      const vector = (name: string, numbers: number[]) =>
        b.initializer(`${name}${at}`, Tensor.of('float32', numbers));
      const ones = norm.mean.map(() => 1);
      const [scale, shift] = [
        vector('scale', ones),
        vector(
          'shift',
          ones.map(() => 0.1),
        ),
      ];
      const statistics = [vector('mean', norm.mean), vector('variance', norm.variance)];
      return b.op('Relu', [b.op('BatchNormalization', [y, scale, shift, ...statistics])]);
    };
    const x = b.input('x', 'float32', ['N', ...shape]);
    const y = block(block(x, 0, [1, 8]), 1, [8, 16]);
    const pooled = b.op('Flatten', [b.op('GlobalAveragePool', [y])]);
    b.output(b.op('Gemm', [pooled, weight('f', [16, 4])]), 'scores');
  });
}

/** The network without batch normalization, as exporters write it. */
export const folded = (): Model => network([]);

/** The network whose batch normalizations know the waves. */
export async function trainedOnWaves(): Promise<Model> {
  const x = Tensor.of('float32', waves(256), [256, ...shape]);
  const norms: Statistics[] = [];
  for (const at of [0, 1]) {
    const model = network(norms);
    const value = model.graph.value(`conv${at}`)!;
    model.graph.outputs.push(value);
    norms.push(channelStatistics((await run(model, { x }))[value.name]!));
  }
  return network(norms);
}
