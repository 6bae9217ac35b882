import { chooseReport, estimateAll, type Limits, rank } from '../devices/estimate/index.ts';
import type { Precision } from '../devices/profiles/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Report } from '../src/report.ts';
import { onFlag, precisionFlag, profilesOn } from './device-names.ts';
import type { Magic, ParsedLine } from './magic.ts';
import { quantity } from './quantity.ts';
import { variantOf } from './resolve.ts';

export const choose: Magic<Report> = {
  name: 'choose',
  summary:
    'Rank devices for a model under limits of latency, power and price, and say why each fits or fails',
  positionals: [{ name: 'model', summary: 'a model', required: true, completes: 'model' }],
  flags: [
    { name: 'latency', kind: 'string', summary: 'the longest that one run may take: 30ms, 0.5s' },
    { name: 'power', kind: 'string', summary: 'the most that the device may draw: 10W, 500mW' },
    { name: 'price', kind: 'string', summary: 'the most that it may cost, in US dollars: 300' },
    onFlag,
    precisionFlag,
  ],
  examples: [
    '%choose cnn --latency 30ms --power 10W --price 300',
    '%choose cnn --latency 5ms --precision int8',
  ],
  result: 'Report',
  async run({ positionals: [name = ''], flags }, context) {
    const limits = limitsOf(flags);
    const chosen = profilesOn(String(flags.on));
    const variant = await variantOf(name, context);
    const precision = flags.precision as Precision | undefined;
    const { estimates } = estimateAll(variant.model, chosen, { precision });
    const model = `${variant.name}${precision ? ` (as ${precision})` : ''}`;
    return chooseReport(rank(estimates, limits), { model, limits });
  },
};

const rules = {
  latency: { units: { ms: 1, s: 1000, µs: 1e-3, us: 1e-3 }, example: '30ms' },
  power: { units: { W: 1, w: 1, mW: 1e-3 }, example: '10W' },
  price: { units: { '': 1, $: 1, USD: 1, usd: 1 }, example: '300' },
} as const;

function limitsOf(flags: ParsedLine['flags']): Limits {
  const given = Object.entries(rules).flatMap(([name, rule]) => {
    const text = flags[name];
    return typeof text === 'string'
      ? [[name, quantity(text, { what: `%choose: --${name}`, ...rule })] as const]
      : [];
  });
  if (given.length > 0) return Object.fromEntries(given);
  throw new UsageError('%choose needs a limit: --latency 30ms, --power 10W or --price 300');
}
