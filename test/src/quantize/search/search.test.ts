import { expect, test } from 'vitest';
import {
  evaluationsAtMost,
  type Judged,
  type Promotion,
  search,
} from '../../../../src/quantize/search/search.ts';

const promotionsOf = (count: number): Promotion[] =>
  Array.from({ length: count }, (_, i) => ({ unit: `u${i}`, to: 'float' }));

/** Judges by a rule, and counts. */
const judgeBy = (rule: (units: ReadonlySet<string>) => boolean) => {
  const asked: number[] = [];
  const judge = async (promotions: readonly Promotion[]) => {
    asked.push(promotions.length);
    const within = rule(new Set(promotions.map(({ unit }) => unit)));
    return { verdict: within ? 'within' : 'beyond', drop: 0, margin: 0, samples: 1, seconds: 0 } as const;
  };
  return { judge, asked };
};

test.each([1, 2, 3, 7, 20, 52, 130])(
  'the shortest prefix of %i is found within the budget',
  async (count) => {
    for (let needed = 0; needed <= count; needed++) {
      const promotions = promotionsOf(count);
      const { judge, asked } = judgeBy((units) => units.size >= needed);
      const { chosen } = await search({ promotions, judge });
      expect(chosen).toHaveLength(needed);
      expect(asked.length).toBeLessThanOrEqual(2 + 2 * Math.log2(count));
    }
  },
);

test('a model that holds as it is takes one evaluation', async () => {
  const { judge, asked } = judgeBy(() => true);
  expect((await search({ promotions: promotionsOf(50), judge })).chosen).toEqual([]);
  expect(asked).toEqual([0]);
});

test('dear units that are not needed are taken back while the budget lasts', async () => {
  // Only the last of the prefix matters.
  const promotions = promotionsOf(32);
  const { judge, asked } = judgeBy((units) => units.has('u9'));
  const { chosen } = await search({ promotions, dearest: promotions, judge });
  expect(chosen.length).toBeLessThan(10);
  expect(chosen.map(({ unit }) => unit)).toContain('u9');
  expect(asked.length).toBeLessThanOrEqual(evaluationsAtMost(32));
});

test('a search that was cut goes on without judging anything again', async () => {
  const promotions = promotionsOf(60);
  const whole = judgeBy((units) => units.size >= 23);
  const expected = await search({ promotions, judge: whole.judge });
  for (let cut = 1; cut < whole.asked.length; cut++) {
    const kept: Judged[] = [];
    const controller = new AbortController();
    const first = judgeBy((units) => units.size >= 23);
    await search({
      promotions,
      ...{ judge: first.judge, signal: controller.signal },
      onJudged: (one) => {
        kept.push(one);
        if (kept.length === cut) controller.abort();
      },
    }).catch(() => undefined);
    const second = judgeBy((units) => units.size >= 23);
    const stored = JSON.parse(JSON.stringify(kept)) as Judged[];
    const result = await search({ promotions, judge: second.judge, resume: stored });
    expect(result.chosen).toEqual(expected.chosen);
    expect(first.asked.length + second.asked.length).toBe(whole.asked.length);
  }
});

test('an interrupted search gives the best model so far, or the reason if there is none', async () => {
  const stopAfter = async (count: number) => {
    const controller = new AbortController();
    const { judge } = judgeBy((units) => units.size >= 3);
    let judged = 0;
    return search({
      promotions: promotionsOf(64),
      ...{ judge, signal: controller.signal },
      onJudged: () => {
        judged++;
        if (judged === count) controller.abort(new Error('stopped'));
      },
    });
  };
  await expect(stopAfter(1)).rejects.toThrow('stopped');
  const { chosen, interrupted } = await stopAfter(3);
  expect(interrupted).toBe(true);
  expect(chosen).toHaveLength(16);
});
