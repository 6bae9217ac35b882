import { expect, test } from 'vitest';
import { efforts } from '../../../src/search/plan.ts';
import { targetsOf } from '../../../src/search/widths.ts';
import { searchIn, type World } from './search-in.ts';

const { shares } = efforts[0]!;

const found = async (world: World, budget: string) => {
  const { state, measured } = searchIn(world, budget);
  const targets = await targetsOf(state);
  return { targets, best: targets[0]!, measured };
};

test('the widest that is small enough is measured first, and taken if it is fast enough', async () => {
  const { best, measured } = await found({ latency: () => 10 }, 'latency<50%@board, size<60%');
  expect(best).toMatchObject({ share: shares.find((share) => share < 0.6), roundTo: 16 });
  expect(new Set(measured).size).toBe(1);
});

test('a narrower network that is slower hides no wider one that is fast enough', async () => {
  const latency = (share: number) => (share > 0.4 ? 40 : 90);
  const { best } = await found({ latency }, 'latency<50%@board, size<80%');
  expect(best.share).toBe(shares.find((share) => share < 0.8));
});

test('where time falls with the work few networks are measured, and none of twice the work would do', async () => {
  const { best, measured } = await found({ latency: (share) => 100 * share }, 'latency<20%@board');
  expect(best.share).toBeLessThan(0.2);
  expect(best.share).toBeGreaterThan(0.2 * 0.75);
  expect(new Set(measured).size).toBeLessThan(12);
});

test('blocks of any size may be the best', async () => {
  const latency = (share: number, roundTo: number) => (roundTo === 1 ? 100 * share : 200);
  const { best } = await found({ latency }, 'latency<60%@board');
  expect(best.roundTo).toBe(1);
});

test('what cannot be made is passed over for the narrowest that can', async () => {
  const narrowest = shares[9]!;
  const fits = (share: number) => (share > narrowest ? 100 : 40);
  const { best } = await found({ latency: fits, narrowest }, 'latency<50%@board');
  expect(best.share).toBe(narrowest);
  const none = await found({ latency: () => 100, narrowest }, 'latency<10%@board');
  expect(none.targets).toMatchObject([{ share: narrowest, why: expect.stringContaining('none fits') }]);
  const last = await found({ latency: (share) => (share > shares.at(-1)! ? 100 : 40) }, 'latency<50%@board');
  expect(last.best.share).toBe(shares.at(-1));
});

test('on a machine that got twice as fast since the original was measured none is too wide', async () => {
  const world = { latency: (share: number) => 100 * share, slowness: () => 0.5 };
  const { best } = await found(world, 'latency<50%@board');
  expect(best.share).toBeLessThan(0.5);
  expect(best.share).toBeGreaterThan(0.5 * 0.75);
});
