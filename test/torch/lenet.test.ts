import { expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { largestDifference, trainBoth } from './train-both.ts';
import { torch } from './train-in-torch.ts';

describeWith('LeNet beside PyTorch', [torch], () => {
  test.each([
    { optimizer: 'sgd', rate: 0.02 },
    { optimizer: 'adam', rate: 1e-3 },
  ] as const)('$optimizer: the first 20 losses are equal to 4 decimals', async ({ optimizer, rate }) => {
    const { losses, torch } = await trainBoth({ network: 'cnn', optimizer, rate }, 20);
    expect(losses).toHaveLength(20);
    expect(largestDifference(losses, torch.float32.losses)).toBeLessThan(0.5e-4);
  });
});
