import { expect, test } from 'vitest';
import { annotateTypes } from '../../../../../src/ops/index.ts';
import { planQuantization, prepare } from '../../../../../src/quantize/index.ts';
import { findBlocks } from '../../../../../src/quantize/repair/block-reconstruction/blocks.ts';
import { architecture } from '../../../../../src/zoo/index.ts';

/** Names of the weighted nodes of each block, and the operator that it ends with. */
function blocksOf(name: string, channels = 1): string[] {
  const { graph } = prepare(architecture(name, { sample: [channels, 32, 32], classes: 10 }));
  annotateTypes(graph);
  return findBlocks(graph, planQuantization(graph)).map(
    ({ weighted, output }) => `${weighted.map((node) => node.name).join(' ')} > ${output.producer!.opType}`,
  );
}

test('a chain is cut into layers with their activation', () => {
  expect(blocksOf('lenet')).toEqual(['conv1 > Relu', 'conv2 > Relu', 'dense1 > Relu', 'dense2 > Gemm']);
});

test('a residual block with its shortcut is one', () => {
  expect(blocksOf('resnet8')).toEqual([
    'stem.conv > Relu',
    'stack1.conv1 stack1.conv2 > Relu',
    'stack2.conv1 stack2.conv2 stack2.shortcut > Relu',
    'stack3.conv1 stack3.conv2 stack3.shortcut > Relu',
    'dense > Gemm',
  ]);
});

test('a depthwise convolution goes with the pointwise one behind it', () => {
  expect(blocksOf('mobile')).toEqual([
    'conv1 > Clip',
    'depthwise1 conv2 > Clip',
    'depthwise2 conv3 > Clip',
    'depthwise3 conv4 > Clip',
    'dense1 > Gemm',
  ]);
});

test('squeeze-and-excite and attention are in one', () => {
  const mobile = blocksOf('mobilenetv3_small', 3);
  expect(mobile.length).toBeGreaterThan(10);
  expect(mobile.some((block) => block.split(' ').length > 4)).toBe(true);
  const vit = blocksOf('vit_tiny', 3);
  expect(vit.some((block) => block.endsWith('> Add') && block.split(' ').length >= 4)).toBe(true);
});
