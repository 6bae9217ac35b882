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

/** Expansion, kernel, filters, repeats and stride of the first repeat. */
const stages: readonly (readonly [number, number, number, number, number])[] = [
  [1, 3, 16, 1, 1],
  [6, 3, 24, 2, 2],
  [6, 5, 40, 2, 2],
  [6, 3, 80, 3, 2],
  [6, 5, 112, 3, 1],
  [6, 5, 192, 4, 2],
  [6, 3, 320, 1, 1],
];

const tensorflow = { padding: 'same-upper', epsilon: 1e-3 } as const;

/**
 * EfficientNet-Lite0 (Tan and Le 2019, arXiv 1905.11946; lite: no squeeze-and-excitation, relu6, stem and head never
 * scaled), with borders and epsilon as in TensorFlow and names as in timm.
 */
export const efficientnetLite0: Architecture = {
  summary: 'EfficientNet-Lite0: 16 inverted residual blocks of 16 to 320 filters, kernels of 3 and 5',
  hasWidth: true,
  build(x, { classes, width }) {
    const blocks = stages.flatMap(([expansion, kernel, filters, repeats, stride], stage) =>
      Array.from({ length: repeats }, (_, n) =>
        invertedResidual(`blocks.${stage}.${n}`, {
          ...{ expansion, kernel, filters: divisible(filters * width), stride: n === 0 ? stride : 1 },
        }),
      ),
    );
    const normed = { ...tensorflow, activation: relu6() };
    return block(
      normedConv(32, 3, { conv: 'conv_stem', norm: 'bn1', stride: 2, ...normed }),
      ...blocks,
      normedConv(1280, 1, { conv: 'conv_head', norm: 'bn2', ...normed }),
      globalAveragePool2d(),
      flatten(),
      named('classifier', dense(classes)),
    )(x);
  },
};

interface Setting {
  readonly expansion: number;
  readonly kernel: number;
  readonly filters: number;
  readonly stride: number;
}

function invertedResidual(name: string, { expansion, kernel, filters, stride }: Setting): Layer {
  return (x: Flow) => {
    const channels = Number(x.value.shape?.[1]);
    const expands = expansion > 1;
    const names = (conv: string, norm: number) => ({
      conv: `${name}.${conv}`,
      norm: `${name}.bn${norm}`,
      ...tensorflow,
    });
    const activation = relu6();
    const expand = expands
      ? [normedConv(channels * expansion, 1, { ...names('conv_pw', 1), activation })]
      : [];
    const depthwise = normedDepthwise(kernel, { ...names('conv_dw', expands ? 2 : 1), stride, activation });
    const project = normedConv(filters, 1, expands ? names('conv_pwl', 3) : names('conv_pw', 2));
    const y = block(...expand, depthwise, project)(x);
    return stride === 1 && channels === filters ? add(x, y) : y;
  };
}
