import { dataSamples, type HealthSamples, randomSamples, samplesFor } from '../devices/deploy/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import type { Context, ParsedLine } from './magic.ts';
import { datasetOf } from './resolve.ts';

export interface ChosenSamples {
  readonly samples: HealthSamples;
  /** What the reader must know of them. */
  readonly notes: readonly string[];
}

/** What a health check feeds: samples of `--data`, else of the data that the model was made with, else random numbers. */
export async function samplesOf(
  variant: Variant,
  { flags }: ParsedLine,
  context: Context,
): Promise<ChosenSamples> {
  const { model } = variant;
  const name = flags.data ?? variant.data;
  if (typeof name !== 'string') return made(variant, 'it was made with no data that are known');
  try {
    const data = await datasetOf(name, context);
    const limit = (flags.samples as number | undefined) ?? samplesFor(data);
    return { samples: await dataSamples(model, data, limit), notes: [] };
  } catch (error) {
    // Data that somebody names must do; those of its training may be gone, or of before a change of its input.
    if (flags.data !== undefined || !(error instanceof UsageError)) throw error;
    return made(variant, error.message);
  }
}

const made = ({ name, model }: Variant, why: string): ChosenSamples => ({
  samples: randomSamples(model),
  notes: [
    `'${name}' was checked with random numbers, which tell only whether the device computes as this machine does (${why}). Give --data SET for its accuracy`,
  ],
});
