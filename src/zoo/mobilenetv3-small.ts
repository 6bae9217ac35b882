import {
  add,
  block,
  conv2d,
  dense,
  type Flow,
  flatten,
  globalAveragePool2d,
  hardSigmoid,
  hardSwish,
  type Layer,
  multiply,
  named,
  relu,
} from '../layers/index.ts';
import type { Architecture } from './architecture.ts';
import { divisible, normedConv, normedDepthwise } from './blocks.ts';

interface Block {
  readonly kernel: number;
  readonly expanded: number;
  readonly filters: number;
  readonly squeezes: boolean;
  readonly activation: () => Layer;
  readonly stride: number;
}

/** Table 2 of the paper. */
const blocks: readonly Block[] = (
  [
    [3, 16, 16, true, relu, 2],
    [3, 72, 24, false, relu, 2],
    [3, 88, 24, false, relu, 1],
    [5, 96, 40, true, hardSwish, 2],
    [5, 240, 40, true, hardSwish, 1],
    [5, 240, 40, true, hardSwish, 1],
    [5, 120, 48, true, hardSwish, 1],
    [5, 144, 48, true, hardSwish, 1],
    [5, 288, 96, true, hardSwish, 2],
    [5, 576, 96, true, hardSwish, 1],
    [5, 576, 96, true, hardSwish, 1],
  ] as const
).map(([kernel, expanded, filters, squeezes, activation, stride]) => ({
  ...{ kernel, expanded, filters, squeezes, activation, stride },
}));

const epsilon = 1e-3;

/** MobileNetV3-Small (Howard et al. 2019, arXiv 1905.02244), with names, rounding, borders and epsilon as in torchvision. */
export const mobilenetv3Small: Architecture = {
  summary: 'MobileNetV3-Small: 11 inverted residual blocks, most with squeeze-and-excitation, hard swish',
  hasWidth: true,
  build(x, { classes, width }) {
    const last = divisible(96 * width) * 6;
    const normed = (name: string) => ({
      conv: `${name}.0`,
      norm: `${name}.1`,
      epsilon,
      activation: hardSwish(),
    });
    return block(
      normedConv(divisible(16 * width), 3, { ...normed('features.0'), stride: 2 }),
      ...blocks.map((setting, i) =>
        bottleneck(`features.${i + 1}.block`, {
          ...setting,
          expanded: divisible(setting.expanded * width),
          filters: divisible(setting.filters * width),
        }),
      ),
      normedConv(last, 1, normed(`features.${blocks.length + 1}`)),
      globalAveragePool2d(),
      flatten(),
      named('classifier.0', dense(divisible(1024 * width))),
      hardSwish(),
      named('classifier.3', dense(classes)),
    )(x);
  },
};

function bottleneck(name: string, { kernel, expanded, filters, squeezes, activation, stride }: Block): Layer {
  return (x) => {
    const channels = Number(x.value.shape?.[1]);
    let part = 0;
    const normed = () => ({ conv: `${name}.${part}.0`, norm: `${name}.${part++}.1`, epsilon });
    const expand =
      expanded === channels ? [] : [normedConv(expanded, 1, { ...normed(), activation: activation() })];
    const depthwise = normedDepthwise(kernel, { ...normed(), stride, activation: activation() });
    const squeeze = squeezes ? [squeezeAndExcite(`${name}.${part++}`)] : [];
    const y = block(...expand, depthwise, ...squeeze, normedConv(filters, 1, normed()))(x);
    return stride === 1 && channels === filters ? add(x, y) : y;
  };
}

/** Each channel times a factor from the means of all (Hu et al. 2017, arXiv 1709.01507). */
function squeezeAndExcite(name: string): Layer {
  return (x: Flow) => {
    const channels = Number(x.value.shape?.[1]);
    const factors = block(
      globalAveragePool2d(),
      named(`${name}.fc1`, conv2d(divisible(channels / 4), 1)),
      relu(),
      named(`${name}.fc2`, conv2d(channels, 1)),
      hardSigmoid(),
    )(x);
    return multiply(x, factors);
  };
}
