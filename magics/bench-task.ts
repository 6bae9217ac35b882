import type { BenchOptions } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import type { ModelCost } from '../src/ops/index.ts';
import type { ParsedLine } from './magic.ts';

/** What is to be done, known to be possible before the first measurement begins. */
export interface BenchTask {
  readonly variant: Variant;
  readonly data: Dataset | undefined;
}

/** What the flags say of how to measure a model of a cost. */
export const benchOptions = (
  flags: ParsedLine['flags'],
  cost: Pick<ModelCost, 'parameters' | 'macs' | 'batch'>,
): BenchOptions => ({
  batch: flags.batch as number | undefined,
  shapes: shapesOf(flags.shape),
  runs: flags.runs as number | undefined,
  warmup: flags.warmup as number | undefined,
  threads: flags.threads as number | undefined,
  parameters: cost.parameters,
  macs: cost.macs / cost.batch,
});

/** Reads `ids=1,128 mask=1,128`. */
function shapesOf(text: ParsedLine['flags'][string]): Record<string, number[]> | undefined {
  if (typeof text !== 'string') return undefined;
  const words = text.split(/\s+/).filter(Boolean);
  return Object.fromEntries(
    words.map((word) => {
      const [, name, dims] = /^(.+)=([1-9]\d*(?:,[1-9]\d*)*)$/.exec(word) ?? [];
      if (name && dims) return [name, dims.split(',').map(Number)];
      throw new UsageError(
        `%bench: --shape must be an input's name and its dimensions, as in ids=1,128, was '${word}'`,
      );
    }),
  );
}
