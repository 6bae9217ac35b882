import type { Engine, Peak, Precision, Profile } from '../profiles/index.ts';

/** An engine that can run a model, and the numbers it would compute with. */
export interface Choice {
  readonly engine: Engine;
  readonly precision: Precision;
  readonly peak: Peak;
}

/** Other numbers that runtimes use where an engine lacks those of the model; floats never become integers by themselves. */
const instead: Readonly<Record<Precision, readonly Precision[]>> = {
  int8: ['int8', 'float16', 'float32'],
  float16: ['float16', 'float32'],
  float32: ['float32', 'float16'],
};

/** The engines that take what a model computes with; none where all of them want integers and it has floats. */
export const choicesOf = ({ engines }: Profile, wanted: Precision): Choice[] =>
  engines.flatMap((engine) => {
    const precision = instead[wanted].find((candidate) => engine.peak[candidate]);
    return precision ? [{ engine, precision, peak: engine.peak[precision]! }] : [];
  });

/** The engines that a float model cannot use. */
export const missedBy = ({ engines }: Profile, wanted: Precision): Engine[] =>
  engines.filter(({ peak }) => !instead[wanted].some((precision) => peak[precision]));

/** The device's own processor, for what another engine does not take. */
export const hostOf = ({ engines }: Profile, engine: Engine): Engine | undefined =>
  engines.find((other) => other !== engine && other.kind === 'cpu');
