import {
  affine,
  blockedConv,
  channelDot,
  channelSum,
  denseFilter,
  reorderInput,
  reorderOutput,
} from '../autodiff/index.ts';
import type { GraphBuilder, Value } from '../ir/index.ts';

/** One kernel and the standard operators that do the same. */
export interface Check {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  fast(g: GraphBuilder, inputs: readonly Value[]): Value;
  standard(g: GraphBuilder, inputs: readonly Value[]): Value;
}

/** Everything that blocked layout is made of. */
export const checks = (block: number): Check[] => [convolution(block), affineMap(block), sums(block)];

const channels = 20;
const image = [2, channels, 5, 6];

const convolution = (block: number): Check => ({
  name: 'com.microsoft.nchwc.Conv',
  shapes: [image, [24, channels, 3, 3]],
  fast(g, [x, w]) {
    const filter = denseFilter(g, w!, block);
    const y = blockedConv(
      g,
      { x: reorderInput(g, x!), filter },
      { ...window, group: 1, activation: { kind: 'Relu' } },
    );
    return reorderOutput(g, y, 24);
  },
  standard: (g, [x, w]) =>
    g.op('Relu', [g.op('Conv', [x, w], { pads: window.pads, strides: window.strides })]),
});

const window = { kernel: [3, 3], strides: [2, 1], pads: [1, 1, 0, 1], dilations: [1, 1] };

/** Clip(x scale + bias + other), with a whole number of blocks. */
const affineMap = (block: number): Check => ({
  name: 'com.microsoft.nchwc.Conv with Sum',
  shapes: [[2, 2 * block, 4, 3], [2, 2 * block, 4, 3], [2 * block], [2 * block]],
  fast(g, [x, other, scale, bias]) {
    const inputs = { scale: scale!, bias: bias!, sum: reorderInput(g, other!) };
    const y = affine(g, reorderInput(g, x!), { ...inputs, activation: { kind: 'Clip', low: 0, high: 0.5 } });
    return reorderOutput(g, y, 2 * block);
  },
  standard(g, [x, other, scale, bias]) {
    const [a, b] = [scale, bias].map((v) => g.op('Reshape', [v, g.int64s([2 * block, 1, 1])]));
    const sum = g.op('Add', [g.op('Add', [g.op('Mul', [x, a]), b]), other]);
    return g.op('Clip', [sum, g.scalar(0), g.scalar(0.5)]);
  },
});

/** Channel sums of x, and of x times another. */
const sums = (block: number): Check => ({
  name: 'com.microsoft.nchwc.GlobalAveragePool',
  shapes: [
    [2, block, 4, 3],
    [2, block, 4, 3],
  ],
  fast(g, [x, other]) {
    const [a, b] = [reorderInput(g, x!), reorderInput(g, other!)];
    return g.op('Add', [channelSum(g, a), channelDot(g, a, b)]);
  },
  standard(g, [x, other]) {
    const sum = (value: Value): Value => g.op('ReduceSum', [value, g.int64s([0, 2, 3])], { keepdims: 0 });
    return g.op('Add', [sum(x!), sum(g.op('Mul', [x, other]))]);
  },
});
