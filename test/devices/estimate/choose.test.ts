import { describe, expect, test } from 'vitest';
import { chooseReport, type Estimate, type Limits, rank } from '../../../devices/estimate/index.ts';
import type { Profile, Source } from '../../../devices/profiles/index.ts';

const from: Source = { kind: 'derived', title: 'made up' };

const profile = (name: string, rest: Partial<Profile> = {}): Profile => ({
  name,
  title: name,
  family: 'Tests',
  engines: [{ name: 'cores', kind: 'cpu', efficiency: 'cpu', peak: {} }],
  power: { min: 2, max: 8, from },
  price: { usd: 100, year: 2024, from },
  runtimes: [],
  notes: [],
  ...rest,
});

const estimated = (of: Profile, latency: Estimate['latency'] = { min: 1, max: 10 }): Estimate => ({
  kind: 'estimate',
  profile: of,
  ...(latency && { latency }),
  fit: { fits: true, weights: 1, activations: 1 },
  limit: 'compute',
  notes: [],
});

const limits: Limits = { latency: 20, power: 10, price: 300 };
const order = (estimates: readonly Estimate[]) =>
  rank(estimates, limits).map(({ estimate: { profile: of }, verdict }) => `${of.name} ${verdict}`);

describe('rank', () => {
  test('what fits comes first, the cheapest of it first, the faster of equals first', () => {
    const price = (usd: number) => ({ price: { usd, year: 2024, from } });
    expect(
      order([
        estimated(profile('dear', price(299))),
        estimated(profile('slower', price(50)), { min: 1, max: 19 }),
        estimated(profile('cheap', price(50))),
        estimated(profile('beyond', price(301))),
        estimated(profile('no-price', { price: undefined })),
      ]),
    ).toEqual(['cheap fits', 'slower fits', 'dear fits', 'no-price unknown', 'beyond fails']);
  });

  test('only the slow end within the limit fits; only the fast end may; not even that fails', () => {
    expect(
      order([
        estimated(profile('c'), { min: 21, max: 30 }),
        estimated(profile('b'), { min: 5, max: 21 }),
        estimated(profile('a'), { min: 5, max: 20 }),
      ]),
    ).toEqual(['a fits', 'b perhaps', 'c fails']);
  });

  test('power is that of full load; a lower mode may do, a part of the device may not be all', () => {
    const power = (min: number, max: number, of?: string) => ({
      power: { min, max, from, ...(of && { of }) },
    });
    expect(
      order([
        estimated(profile('hot', power(11, 20))),
        estimated(profile('modes', power(5, 20))),
        estimated(profile('chip', power(1, 2, 'the chip'))),
        estimated(profile('cool', power(1, 10))),
      ]),
    ).toEqual(['cool fits', 'modes perhaps', 'chip perhaps', 'hot fails']);
  });

  test('what cannot run fails, whatever it costs; an accelerator without its computer is unknown', () => {
    const cannot = { ...estimated(profile('full'), undefined), latency: undefined } as Estimate;
    expect(order([cannot, estimated(profile('stick', { needsHost: true }))])).toEqual([
      'stick unknown',
      'full fails',
    ]);
  });

  test('what leaves layers to an unknown host is unknown, not quick', () => {
    const some = {
      ...estimated(profile('stick')),
      latency: undefined,
      partial: true,
      notes: ['3 of 4 layers on the host'],
    } as Estimate;
    const [only] = rank([some], { latency: 1 });
    expect(only).toMatchObject({
      verdict: 'unknown',
      findings: [{ verdict: 'unknown', text: 'latency unknown, 3 of 4 layers on the host' }],
    });
  });

  test('a limit that is not given is not judged', () => {
    const [only] = rank([estimated(profile('x', { power: undefined, price: undefined }))], { latency: 20 });
    expect(only!.verdict).toBe('fits');
    expect(only!.findings).toHaveLength(1);
  });
});

test('the report says why, and names the cheapest that fits', () => {
  const ranked = rank([estimated(profile('a')), estimated(profile('b'), { min: 30, max: 40 })], limits);
  const report = chooseReport(ranked, { model: 'net', limits });
  expect(report.title).toBe(
    'net within 20 ms, 10 W, 300 USD: 1 of 2 devices fit by estimate, the cheapest is a',
  );
  expect(report.rows[1]).toMatchObject({ rank: 2, device: 'b', verdict: 'fails' });
  expect(report.rows[1]!.why).toBe(
    'latency 30–40 ms (estimate), limit 20 ms: even at its peak too slow; power 2–8 W, limit 10 W; price 100 USD in 2024, limit 300 USD',
  );
});
