import {
  add,
  block,
  dense,
  type Flow,
  flatten,
  globalAveragePool2d,
  type Layer,
  named,
  relu6,
} from '../layers/index.ts';
import type { Architecture } from './architecture.ts';
import { divisible, normedConv, normedDepthwise } from './blocks.ts';

/** Expansion, filters, repeats and stride of the first repeat (table 2 of the paper). */
const stages: readonly (readonly [expansion: number, filters: number, repeats: number, stride: number])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** MobileNetV2 (Sandler et al. 2018, arXiv 1801.04381), with names, rounding and borders as in torchvision. */
export const mobilenetv2: Architecture = {
  summary: 'MobileNetV2: 17 inverted residual blocks of 16 to 320 filters',
  hasWidth: true,
  build(x, { classes, width }) {
    const blocks = stages.flatMap(([expansion, filters, repeats, stride]) =>
      Array.from({ length: repeats }, (_, n) => ({
        expansion,
        filters: divisible(filters * width),
        stride: n === 0 ? stride : 1,
      })),
    );
    const normed = (name: string) => ({ conv: `${name}.0`, norm: `${name}.1`, activation: relu6() });
    return block(
      normedConv(divisible(32 * width), 3, { ...normed('features.0'), stride: 2 }),
      ...blocks.map((setting, i) => invertedResidual(`features.${i + 1}.conv`, setting)),
      normedConv(divisible(1280 * Math.max(1, width)), 1, normed(`features.${blocks.length + 1}`)),
      globalAveragePool2d(),
      flatten(),
      named('classifier.1', dense(classes)),
    )(x);
  },
};

function invertedResidual(
  name: string,
  { expansion, filters, stride }: { expansion: number; filters: number; stride: number },
): Layer {
  return (x: Flow) => {
    const channels = Number(x.value.shape?.[1]);
    let part = 0;
    const normed = () => ({ conv: `${name}.${part}.0`, norm: `${name}.${part++}.1`, activation: relu6() });
    const expand = expansion === 1 ? [] : [normedConv(channels * expansion, 1, normed())];
    const depthwise = normedDepthwise(3, { ...normed(), stride });
    const project = normedConv(filters, 1, { conv: `${name}.${part}`, norm: `${name}.${part + 1}` });
    const y = block(...expand, depthwise, project)(x);
    return stride === 1 && channels === filters ? add(x, y) : y;
  };
}
