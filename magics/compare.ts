import { compare as compareVariants } from '../src/ledger/index.ts';
import type { Report } from '../src/report.ts';
import type { Magic } from './magic.ts';
import { variantOf } from './resolve.ts';

export const compare: Magic<Report> = {
  name: 'compare',
  summary: "Table of variants with what was measured of them; without names, of this session's",
  positionals: [
    { name: 'models', summary: 'models; default: all of this session', rest: true, completes: 'model' },
  ],
  flags: [
    {
      name: 'sort',
      kind: 'string',
      summary:
        'a measured quantity to sort by: accuracy, latency, size, macs, throughput, ...; by a cost, what another variant beats in it and in accuracy is marked',
    },
    { name: 'all', kind: 'switch', summary: 'also variants of earlier sessions in this folder' },
  ],
  examples: ['%compare', '%compare --sort latency', '%compare --sort size', '%compare cnn small'],
  result: 'Report',
  async run({ positionals, flags }, context) {
    const ledger = await context.ledger();
    const named = await Promise.all(positionals.map((name) => variantOf(name, context)));
    const variants = named.length ? named : flags.all ? ledger.variants() : ledger.sessionVariants();
    return compareVariants(ledger, { variants, sort: flags.sort as string | undefined });
  },
};
