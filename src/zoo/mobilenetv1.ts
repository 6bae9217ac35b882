import { block, dense, flatten, globalAveragePool2d, named, relu6 } from '../layers/index.ts';
import type { Architecture } from './architecture.ts';
import { normedConv, normedDepthwise } from './blocks.ts';

/** Filters and stride of each depthwise-separable block. */
const blocks: readonly (readonly [filters: number, stride: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array.from({ length: 5 }, () => [512, 1] as const),
  [1024, 2],
  [1024, 1],
];

/** MobileNetV1 (Howard et al. 2017, arXiv 1704.04861), with names, rounding, borders and epsilon as in Keras. */
export const mobilenetv1: Architecture = {
  summary: 'MobileNetV1: 13 depthwise-separable blocks of 64 to 1024 filters',
  hasWidth: true,
  build(x, { classes, width }) {
    const scaled = (filters: number): number => Math.max(1, Math.floor(filters * width));
    const keras = { padding: 'same-upper', epsilon: 1e-3, activation: relu6() } as const;
    const names = (name: string) => ({ conv: name, norm: `${name}_bn` });
    return block(
      normedConv(scaled(32), 3, { ...names('conv1'), stride: 2, ...keras }),
      ...blocks.flatMap(([filters, stride], i) => [
        normedDepthwise(3, { ...names(`conv_dw_${i + 1}`), stride, ...keras }),
        normedConv(scaled(filters), 1, { ...names(`conv_pw_${i + 1}`), ...keras }),
      ]),
      globalAveragePool2d(),
      flatten(),
      named('conv_preds', dense(classes)),
    )(x);
  },
};
