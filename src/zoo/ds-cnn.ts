import { block, dense, flatten, globalAveragePool2d, named, relu } from '../layers/index.ts';
import type { Architecture } from './architecture.ts';
import { normedConv, normedDepthwise } from './blocks.ts';

/**
 * The depthwise-separable network of MLPerf Tiny's keyword spotting (Zhang et al. 2017, arXiv 1711.07128; Banbury et al.
 * 2021, arXiv 2106.07597). For [1, 49, 10]: 10 MFCC of 49 frames; borders and epsilon as in Keras.
 */
export const dscnn: Architecture = {
  summary: 'DS-CNN of MLPerf Tiny: four depthwise-separable blocks of 64 filters, for keyword spotting',
  hasWidth: true,
  build(x, { classes, width }) {
    const filters = Math.max(1, Math.round(64 * width));
    const keras = { bias: true, padding: 'same-upper', epsilon: 1e-3, activation: relu() } as const;
    const blocks = [1, 2, 3, 4].flatMap((n) => [
      normedDepthwise(3, { conv: `block${n}.depthwise`, norm: `block${n}.norm1`, ...keras }),
      normedConv(filters, 1, { conv: `block${n}.pointwise`, norm: `block${n}.norm2`, ...keras }),
    ]);
    return block(
      normedConv(filters, [10, 4], { conv: 'stem.conv', norm: 'stem.norm', stride: 2, ...keras }),
      ...blocks,
      globalAveragePool2d(),
      flatten(),
      named('dense', dense(classes)),
    )(x);
  },
};
