import { expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { parseBudget } from '../../../src/search/budget.ts';
import { costsOf } from '../../../src/search/costs.ts';
import type { Figures } from '../../../src/search/figures.ts';
import type { Lab } from '../../../src/search/lab.ts';
import { efforts, type PlannedStep } from '../../../src/search/plan.ts';
import type { Search } from '../../../src/search/search.ts';
import { targetsOf } from '../../../src/search/widths.ts';

const { shares } = efforts[0]!;

interface World {
  /** In ms, of a network of a share, and the size of the blocks that its channels come in. */
  latency(share: number, roundTo: number): number;
  /** The narrowest that can be made. Default: all can. */
  readonly narrowest?: number;
}

/** A lab whose networks are their plans: nothing is made. */
function searchIn({ latency, narrowest = 0 }: World, budget: string) {
  const measured: string[] = [];
  const parsed = parseBudget(budget);
  const sizes = (content: { share: number }) => ({
    size: 1000 * content.share,
    macs: 100 * content.share,
    params: 1,
  });
  const lab = {
    setup: { budget: parsed },
    tell: () => {},
    sizes,
    async run([step]: PlannedStep[]) {
      const { macs: share, roundTo = 1 } = step!.options as { macs: number; roundTo?: number };
      if (share < narrowest) throw new UsageError(`${share} of the MACs cannot be reached`);
      return [{ outcome: { content: { share, roundTo } } }];
    },
    async costs(content: { share: number; roundTo: number }) {
      measured.push(`${content.share} in ${content.roundTo}s`);
      const devices = { board: { latency: latency(content.share, content.roundTo) } };
      return { costs: { ...sizes(content), devices }, measurements: [{}] };
    },
  };
  const figures: Figures = {
    ...{ size: 1000, macs: 100, params: 1, accuracy: undefined, drop: undefined },
    devices: { board: { latency: 100 } },
  };
  const settings = { epochs: 1, training: {}, int8: {}, maxDrop: undefined };
  const original = { figures, evaluation: undefined };
  const lists = { trials: [], probes: [], failures: [] };
  const state = { lab, effort: efforts[0]!, settings, original, ...lists } as unknown as Search;
  return { state, measured, original };
}

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

test.each([
  ['it fits', 40, 'latency<50%@board', 1],
  ['it misses narrowly', 50, 'latency<50%@board', 3],
  ['it misses by far', 90, 'latency<50%@board', 1],
  ['it misses narrowly, but is too large', 50, 'latency<50%@board, size<1%', 1],
])('a time is measured as often as it helps: %s', async (_, latency, budget, times) => {
  const { state, measured, original } = searchIn({ latency: () => latency }, budget);
  const content = { share: 0.5, roundTo: 8 } as unknown as Uint8Array;
  await costsOf(state.lab as Lab, content, original.figures);
  expect(measured).toHaveLength(times);
});
