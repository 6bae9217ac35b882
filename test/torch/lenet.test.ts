import { expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { largestDifference, trainBoth } from './train-both.ts';
import { torch } from './train-in-torch.ts';

/**
 * PyTorch computes in float64 here: its float32 losses now and then leave its own float64 ones by far more than 4
 * decimals, since rounding can turn a pre-activation near 0 to the other side of relu's kink.
 */
describeWith('LeNet beside PyTorch', [torch], () => {
  test.each([
    { optimizer: 'sgd', rate: 0.02 },
    { optimizer: 'adam', rate: 1e-3 },
  ] as const)('$optimizer: the first 20 losses are equal to 4 decimals', async ({ optimizer, rate }) => {
    const { losses, torch } = await trainBoth({ network: 'lenet', optimizer, rate }, 20);
    expect(losses).toHaveLength(20);
    expect(largestDifference(losses, torch.float64.losses)).toBeLessThan(0.5e-4);
  });
});
