import { ModelError } from '../../src/errors.ts';
import type { Tensor } from '../../src/ir/index.ts';
import { numbersOf } from '../service/numbers.ts';
import { type OutputStatistics, OutputWindow } from '../service/output-statistics.ts';
import type { HealthSamples } from './health-samples.ts';

/** What a health check found; `isHealthy` false keeps the old model in place. */
export interface Health {
  readonly isHealthy: boolean;
  /** For people. */
  readonly told: string;
  /** The metric on the device, and of the same model on the same samples here. */
  readonly there?: string;
  readonly here?: string;
  /** Of the device's outputs, by name: what later ones are compared with. */
  readonly statistics?: Readonly<Record<string, OutputStatistics>>;
}

export interface HealthLimits {
  /** The metric there must not be less: a share for accuracy, dB for likeness. */
  readonly minScore?: number;
  /** How much less accurate than here it may be, a share. */
  readonly maxDrop: number;
}

/** The outputs of each batch, by name. */
export type Outputs = readonly Readonly<Record<string, Tensor>>[];

/** Without labels the outputs must be alike to so many dB: rounding leaves more, another result less. */
const leastLikeness = 20;

/**
 * Compares what a model gives on a device with what it gives here on the same samples: by accuracy where their classes are
 * known, and by how alike the outputs are. Throws ModelError if the outputs are not of the same shape.
 */
export function healthOf(
  samples: HealthSamples,
  outputs: { readonly there: Outputs; readonly here: Outputs },
  limits: HealthLimits,
): Health {
  const { there, here } = outputs;
  const alike = likeness(there, here);
  const statistics = statisticsOf(there, samples.counts);
  const broken = newlyBroken(statistics, statisticsOf(here, samples.counts));
  const judged = samples.labels ? byAccuracy(samples, outputs, limits) : byLikeness(alike, limits);
  const reasons = [...(broken ? [broken] : []), ...judged.reasons];
  const figures = `${judged.figures} on ${samples.of}; outputs ${likenessText(alike)}`;
  const { there: isThere, here: isHere } = judged;
  return {
    ...{ isHealthy: reasons.length === 0, there: isThere, here: isHere, statistics },
    told: reasons.length === 0 ? figures : `${reasons.join('; ')} (${figures})`,
  };
}

interface Judged {
  readonly there: string;
  readonly here: string;
  readonly figures: string;
  /** Why it is sick; empty if it is not. */
  readonly reasons: readonly string[];
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function byAccuracy(
  samples: HealthSamples,
  { there, here }: { readonly there: Outputs; readonly here: Outputs },
  { minScore, maxDrop }: HealthLimits,
): Judged {
  const [is, was] = [accuracyOf(there, samples), accuracyOf(here, samples)];
  const reasons = [
    ...(minScore !== undefined && is < minScore
      ? [`top-1 accuracy there is ${percent(is)}, must be ${percent(minScore)}`]
      : []),
    // Shares of whole samples: their difference must not fail by its last bit.
    ...(was - is > maxDrop + 1e-9
      ? [`top-1 accuracy there is ${percent(is)}, here ${percent(was)}, may be ${percent(maxDrop)} less`]
      : []),
  ];
  const [isThere, isHere] = [percent(is), percent(was)];
  return { there: isThere, here: isHere, figures: `top-1 ${isThere} there, ${isHere} here`, reasons };
}

function byLikeness(alike: number, { minScore = leastLikeness }: HealthLimits): Judged {
  const there = likenessText(alike);
  const reasons =
    alike >= minScore ? [] : [`its outputs there are ${there} to those here, must be to ${minScore} dB`];
  return { there, here: 'reference', figures: 'compared', reasons };
}

const likenessText = (alike: number): string =>
  alike === Infinity ? 'identical' : `alike to ${alike.toFixed(0)} dB`;

/** Signal to difference of all outputs in dB, `10 log10(sum y^2 / sum (y - y')^2)`; numbers that are none on both sides agree. */
function likeness(there: Outputs, here: Outputs): number {
  let [signal, noise] = [0, 0];
  for (const [i, batch] of here.entries())
    for (const [name, tensor] of Object.entries(batch)) {
      const { shape } = tensor;
      const other = there[i]?.[name];
      if (!other || other.shape.join() !== shape.join())
        throw new ModelError(
          `Output '${name}' is [${shape.join(', ')}] here and ${other ? `[${other.shape.join(', ')}]` : 'missing'} on the device`,
          { value: name },
        );
      const [data, numbers] = [numbersOf(tensor), numbersOf(other)];
      for (let at = 0; at < data.length; at++) {
        const [a, b] = [Number(data[at]), Number(numbers[at])];
        if (Object.is(a, b)) signal += Number.isFinite(a) ? a * a : 0;
        else if (Number.isFinite(a) && Number.isFinite(b))
          [signal, noise] = [signal + a * a, noise + (a - b) ** 2];
        else noise = Infinity;
      }
    }
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}

function accuracyOf(outputs: Outputs, { counts, labels }: HealthSamples): number {
  let [right, at] = [0, 0];
  for (const [i, batch] of outputs.entries()) {
    const [scores] = Object.values(batch);
    const classes = scores?.shape[1] ?? 0;
    const numbers = scores ? numbersOf(scores) : [];
    for (let row = 0; row < counts[i]!; row++) {
      const own = Array.from({ length: classes }, (_, c) => Number(numbers[row * classes + c]));
      if (!own.some(Number.isNaN) && own.indexOf(Math.max(...own)) === labels![at]) right++;
      at++;
    }
  }
  return right / labels!.length;
}

function statisticsOf(outputs: Outputs, counts: readonly number[]): Record<string, OutputStatistics> {
  const windows = new Map<string, OutputWindow>();
  for (const [i, batch] of outputs.entries())
    for (const [name, tensor] of Object.entries(batch)) {
      const window = windows.get(name) ?? new OutputWindow();
      windows.set(name, window);
      window.add(tensor, counts[i]);
    }
  return Object.fromEntries(
    [...windows].flatMap(([name, window]) => {
      const statistics = window.statistics();
      return statistics ? [[name, statistics] as const] : [];
    }),
  );
}

/** Numbers that are none there although they are here. */
function newlyBroken(
  there: Readonly<Record<string, OutputStatistics>>,
  here: Readonly<Record<string, OutputStatistics>>,
): string | undefined {
  const name = Object.keys(there).find((key) => there[key]!.nonFinite > (here[key]?.nonFinite ?? 0));
  return name && `output '${name}' has ${there[name]!.nonFinite} numbers there that are NaN or infinite`;
}
