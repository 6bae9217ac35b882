import { Report } from '../../src/report.ts';
import { priceText, wattsText } from '../profiles/profiles-report.ts';
import type { Limits, Ranked, Verdict } from './choose.ts';
import { rangeText } from './range-text.ts';

const words: Readonly<Record<Verdict, string>> = {
  fits: 'fits',
  perhaps: 'may fit',
  unknown: 'unknown',
  fails: 'fails',
};

/** The devices in their order, and why each of them stands where it does. */
export function chooseReport(ranked: readonly Ranked[], { model, limits }: ChooseTitle): Report {
  const fit = ranked.filter(({ verdict }) => verdict === 'fits');
  const best = fit[0] ? `, the cheapest is ${fit[0].estimate.profile.name}` : '';
  return new Report({
    title: `${model} ${limitsText(limits)}: ${fit.length} of ${ranked.length} devices fit by estimate${best}`,
    columns: [
      { key: 'rank', header: '#', align: 'right' },
      { key: 'device', header: 'device' },
      { key: 'verdict', header: 'verdict' },
      { key: 'price', header: 'price (USD)', align: 'right' },
      { key: 'power', header: 'power (W)', align: 'right' },
      { key: 'latency', header: 'latency (ms), estimate', align: 'right' },
      { key: 'why', header: 'why', wrap: 90 },
    ],
    rows: ranked.map(({ estimate: { profile, latency }, verdict, findings }, i) => ({
      rank: i + 1,
      device: profile.name,
      verdict: words[verdict],
      price: profile.price && priceText(profile.price),
      power: profile.power && wattsText(profile.power),
      latency: latency && rangeText(latency),
      why: findings.map(({ text }) => text).join('; '),
    })),
    warnings: [
      'Estimate from data sheets, not measured: a device fits if even the slow end of its range does. Prices are those of their year; see %devices NAME for sources.',
    ],
  });
}

export interface ChooseTitle {
  readonly model: string;
  readonly limits: Limits;
}

const limitsText = ({ latency, power, price }: Limits): string =>
  [
    ...(latency === undefined ? [] : [`within ${latency} ms`]),
    ...(power === undefined ? [] : [`${power} W`]),
    ...(price === undefined ? [] : [`${price} USD`]),
  ].join(', ');
