import {
  add,
  block,
  conv2d,
  dense,
  type Flow,
  flatten,
  globalAveragePool2d,
  named,
  relu,
} from '../layers/index.ts';
import type { Architecture } from './architecture.ts';
import { normedConv } from './blocks.ts';

/**
 * The ResNet of MLPerf Tiny's image classification (Banbury et al. 2021, arXiv 2106.07597): three stacks of 16, 32 and 64
 * filters, with biases, and a convolution without normalization beside the second and third. For 32 x 32 images; borders
 * and epsilon as in Keras.
 */
export const resnet8: Architecture = {
  summary: 'ResNet8 of MLPerf Tiny: three residual blocks of 16, 32 and 64 filters, for small images',
  hasWidth: true,
  build(x, { classes, width }) {
    const filters = [16, 32, 64].map((count) => Math.max(1, Math.round(count * width)));
    const stem = block(
      normedConv(filters[0]!, 3, { conv: 'stem.conv', norm: 'stem.norm', ...keras, activation: relu() }),
    )(x);
    const body = filters.reduce(
      (y, count, i) => stack(y, { name: `stack${i + 1}`, filters: count, stride: i === 0 ? 1 : 2 }),
      stem,
    );
    return block(globalAveragePool2d(), flatten(), named('dense', dense(classes)))(body);
  },
};

const keras = { bias: true, padding: 'same-upper', epsilon: 1e-3 } as const;

function stack(x: Flow, { name, filters, stride }: { name: string; filters: number; stride: number }): Flow {
  const names = (n: number) => ({ conv: `${name}.conv${n}`, norm: `${name}.norm${n}` });
  const y = block(
    normedConv(filters, 3, { ...names(1), ...keras, stride, activation: relu() }),
    normedConv(filters, 3, { ...names(2), ...keras }),
  )(x);
  const shortcut =
    stride === 1 ? x : named(`${name}.shortcut`, conv2d(filters, 1, { stride, padding: 'same-upper' }))(x);
  return relu()(add(shortcut, y));
}
