import { feedsOf } from '../src/quantize/index.ts';
import type { Step } from '../src/recipe/index.ts';
import type { ParsedLine } from './magic.ts';
import { limitOf } from './quantize-options.ts';
import { schemeOf } from './quantize-schemes.ts';

/** Samples in one calibration batch. */
export const calibrationBatch = 32;

/** `%quantize` without a session: its options are the flags, as the ledger has them of a variant. */
export const quantizeStep: Step = {
  name: 'quantize',
  summary: 'make weights and activations integers or half floats',
  needsData: true,
  async run(model, options, { data, signal = new AbortController().signal, onProgress }) {
    const flags = { samples: 512, ...options } as ParsedLine['flags'];
    const limited = limitOf(flags, { model, data });
    const limit = Number(flags.samples);
    return schemeOf(flags).make({
      ...{ flags, model, data, limited, label: 'quantize' },
      line: { positionals: [], flags, body: undefined },
      context: { signal, cwd: process.cwd(), folder: process.cwd() },
      calibration: data && feedsOf(model, data, { limit, batchSize: calibrationBatch }),
      work: { signal, ...(onProgress && { onProgress }) },
    });
  },
};
