import type { Profile } from '../profiles/index.ts';
import { wattsText } from '../profiles/profiles-report.ts';
import type { Estimate, Range } from './estimate.ts';
import { rangeText } from './range-text.ts';

/** What a device must not exceed. */
export interface Limits {
  /** Milliseconds of one run. */
  readonly latency?: number;
  /** Watts at full load. */
  readonly power?: number;
  /** US dollars. */
  readonly price?: number;
}

/** `perhaps`: a range or a part of it exceeds the limit. `unknown`: no source gives the figure. */
export type Verdict = 'fits' | 'perhaps' | 'unknown' | 'fails';

/** One limit and how a device stands to it. */
export interface Finding {
  readonly verdict: Verdict;
  readonly text: string;
}

export interface Ranked {
  readonly estimate: Estimate;
  /** The worst of its findings. */
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

const order: readonly Verdict[] = ['fits', 'perhaps', 'unknown', 'fails'];

const worst = (findings: readonly Finding[]): Verdict =>
  order[Math.max(0, ...findings.map(({ verdict }) => order.indexOf(verdict)))]!;

/** Devices that fit first, the cheapest of them first; then those that might, whose figures are unknown, that fail. */
export function rank(estimates: readonly Estimate[], limits: Limits): Ranked[] {
  const ranked = estimates.map((estimate) => {
    const findings = findingsOf(estimate, limits);
    return { estimate, findings, verdict: worst(findings) };
  });
  return ranked.toSorted(
    (a, b) =>
      order.indexOf(a.verdict) - order.indexOf(b.verdict) ||
      dollars(a.estimate.profile) - dollars(b.estimate.profile) ||
      slow(a.estimate) - slow(b.estimate),
  );
}

/** Unknown prices and latencies come last, and are equal among themselves. */
const dollars = ({ price }: Profile): number => price?.usd ?? Number.MAX_VALUE;
const slow = ({ latency }: Estimate): number => latency?.max ?? Number.MAX_VALUE;

function findingsOf(estimate: Estimate, { latency, power, price }: Limits): Finding[] {
  const { profile } = estimate;
  return [
    ...runs(estimate),
    ...(latency === undefined || !estimate.latency ? [] : [latencyFinding(estimate.latency, latency)]),
    ...(power === undefined ? [] : [powerFinding(profile, power)]),
    ...(price === undefined ? [] : [priceFinding(profile, price)]),
    ...(profile.needsHost
      ? [
          {
            verdict: 'unknown',
            text: 'needs a computer around it, whose power and price come on top',
          } as const,
        ]
      : []),
  ];
}

function runs({ latency, limit, fit, partial, notes }: Estimate): Finding[] {
  if (partial) return [{ verdict: 'unknown', text: ['latency unknown', ...notes].join(', ') }];
  if (!latency) return [{ verdict: 'fails', text: `cannot run: ${limit}` }];
  return fit?.fits === undefined
    ? [{ verdict: 'unknown', text: 'whether it fits in memory is unknown: that of its host counts' }]
    : [];
}

function latencyFinding(latency: Range, limit: number): Finding {
  const text = `latency ${rangeText(latency)} ms (estimate), limit ${limit} ms`;
  if (latency.max <= limit) return { verdict: 'fits', text };
  return latency.min <= limit
    ? { verdict: 'perhaps', text: `${text}: only its fast end is below, measure it` }
    : { verdict: 'fails', text: `${text}: even at its peak too slow` };
}

function powerFinding({ power }: Profile, limit: number): Finding {
  if (!power) return { verdict: 'unknown', text: 'power unknown' };
  const text = `power ${wattsText(power)} W${power.of ? ` (${power.of})` : ''}, limit ${limit} W`;
  if ((power.min ?? power.max) > limit) return { verdict: 'fails', text };
  if (power.max > limit)
    return { verdict: 'perhaps', text: `${text}: only in a lower power mode or at less load, slower` };
  return power.of
    ? { verdict: 'perhaps', text: `${text}: the rest comes on top` }
    : { verdict: 'fits', text };
}

function priceFinding({ price }: Profile, limit: number): Finding {
  if (!price) return { verdict: 'unknown', text: 'price unknown' };
  const { usd, max = usd, year, of } = price;
  const range = max > usd ? `${usd}–${max}` : usd;
  const text = `price ${range} USD in ${year}${of ? ` (${of})` : ''}, limit ${limit} USD`;
  if (usd > limit) return { verdict: 'fails', text };
  if (max > limit) return { verdict: 'perhaps', text: `${text}: the smallest configuration` };
  return price.part
    ? { verdict: 'perhaps', text: `${text}: the rest comes on top` }
    : { verdict: 'fits', text };
}
