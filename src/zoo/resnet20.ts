import {
  add,
  averagePool2d,
  block,
  dense,
  type Flow,
  flatten,
  globalAveragePool2d,
  named,
  padChannels,
  relu,
} from '../layers/index.ts';
import type { Architecture } from './architecture.ts';
import { normedConv } from './blocks.ts';

/**
 * ResNet20 for CIFAR-10 (He et al. 2015, arXiv 1512.03385, section 4.2): three stacks of three blocks of 16, 32 and 64
 * filters. Shortcuts are without parameters (option A): every second pixel, the new channels 0.
 */
export const resnet20: Architecture = {
  summary: 'ResNet20 of He et al.: nine residual blocks of 16, 32 and 64 filters, for small images',
  hasWidth: true,
  build(x, { classes, width }) {
    const counts = [16, 32, 64].map((count) => 2 * Math.max(1, Math.round((count * width) / 2)));
    const stem = normedConv(counts[0]!, 3, { conv: 'conv1', norm: 'bn1', activation: relu() })(x);
    const blocks = counts.flatMap((filters, i) =>
      [0, 1, 2].map((n) => ({ name: `layer${i + 1}.${n}`, filters, stride: i > 0 && n === 0 ? 2 : 1 })),
    );
    const body = blocks.reduce(residualBlock, stem);
    return block(globalAveragePool2d(), flatten(), named('linear', dense(classes)))(body);
  },
};

function residualBlock(
  x: Flow,
  { name, filters, stride }: { name: string; filters: number; stride: number },
): Flow {
  const names = (n: number) => ({ conv: `${name}.conv${n}`, norm: `${name}.bn${n}` });
  const y = block(
    normedConv(filters, 3, { ...names(1), stride, activation: relu() }),
    normedConv(filters, 3, names(2)),
  )(x);
  // A pool of one pixel takes every second one.
  const shortcut = stride === 1 ? x : block(averagePool2d(1, { stride }), padChannels(filters))(x);
  return relu()(add(shortcut, y));
}
