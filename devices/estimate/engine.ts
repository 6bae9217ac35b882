import type { Engine, Peak, Precision, Profile } from '../profiles/index.ts';

/** The engine that would run a model, and the numbers it would compute with. */
export interface Choice {
  readonly engine: Engine;
  readonly precision: Precision;
  readonly peak: Peak;
  /** What a faster engine of the device would need. */
  readonly missed?: string;
}

/** Other numbers that runtimes use where an engine lacks those of the model; integers are never made up. */
const instead: Readonly<Record<Precision, readonly Precision[]>> = {
  int8: ['int8', 'float16', 'float32'],
  float16: ['float16', 'float32'],
  float32: ['float32', 'float16'],
};

/** The engine with the highest dense peak for what the model computes with; undefined if none takes it. */
export function chooseEngine({ engines }: Profile, wanted: Precision): Choice | undefined {
  const choices = engines.flatMap((engine) => {
    const precision = instead[wanted].find((candidate) => engine.peak[candidate]);
    return precision ? [{ engine, precision, peak: engine.peak[precision]! }] : [];
  });
  const best = choices.reduce<Choice | undefined>(
    (a, b) => (a && a.peak.dense >= b.peak.dense ? a : b),
    undefined,
  );
  if (!best) return undefined;
  const faster = engines.find(
    ({ peak }) => (peak.int8?.dense ?? 0) > best.peak.dense && !takes(peak, wanted),
  );
  return faster ? { ...best, missed: `${faster.name} takes int8 only: quantize the model to use it` } : best;
}

const takes = (peak: Engine['peak'], wanted: Precision): boolean =>
  instead[wanted].some((precision) => peak[precision]);

/** The device's own processor, for what another engine does not take. */
export const hostOf = ({ engines }: Profile, engine: Engine): Engine | undefined =>
  engines.find((other) => other !== engine && other.kind === 'cpu');
