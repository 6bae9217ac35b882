import { averagePool2d, block, conv2d, dense, flatten, named, tanh } from '../layers/index.ts';
import type { Architecture } from './architecture.ts';

/**
 * LeNet-5 (LeCun et al. 1998, doi 10.1109/5.726791) as it is taught today: every map of the second convolution sees all
 * of the first, and a dense layer ends it. For 32 x 32 images, or 28 x 28 with a border of 2.
 */
export const lenet5: Architecture = {
  summary: 'LeNet-5: two convolutions of 6 and 16 filters with average pooling, hidden layers of 120 and 84',
  build(x, { classes }) {
    const side = Number(x.value.shape?.[2]);
    return block(
      named('conv1', conv2d(6, 5, { padding: side < 32 ? 'same' : 'valid' })),
      tanh(),
      averagePool2d(2),
      named('conv2', conv2d(16, 5, { padding: 'valid' })),
      tanh(),
      averagePool2d(2),
      flatten(),
      ...[120, 84].flatMap((units, i) => [named(`fc${i + 1}`, dense(units)), tanh()]),
      named('fc3', dense(classes)),
    )(x);
  },
};
