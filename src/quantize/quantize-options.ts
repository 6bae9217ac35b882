import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import type { Report, WorkOptions } from '../report.ts';
import type { Feeds } from '../runtime/index.ts';
import type { Target } from '../targets/index.ts';
import type { CalibrationState } from './calibration-state.ts';
import type { Scheme } from './encode.ts';
import type { ObserverFactory } from './observer.ts';
import type { PlanOptions } from './plan.ts';
import type { FurtherSearch } from './range-search/index.ts';
import type { Repair } from './repair/index.ts';
import { type ActivationType, activationRanges, type IntegerRange } from './scale.ts';
import { schemeOf } from './scheme-of.ts';
import type { LimitOptions } from './search/index.ts';
import { weightRange } from './weights.ts';

/** How far the accuracy may drop, and what says so. */
export type DropLimit = Pick<
  LimitOptions,
  'maxDrop' | 'metric' | 'samples' | 'method' | 'error' | 'profile' | 'where' | 'resume' | 'onJudged'
>;

export interface QuantizeOptions extends WorkOptions, PlanOptions {
  /** Default: the target's; without one `uint8`, which is what x86 kernels of onnxruntime are fast at. */
  readonly activations?: ActivationType;
  /** Zero point in the middle of the integers. Default: as the target wants it, else false. */
  readonly symmetric?: boolean;
  /** A scale for each output channel of a weight. Default: the target's, else true. */
  readonly perChannel?: boolean;
  /**
   * Weights of 7 bits, whose sums cannot saturate on x86 without VNNI: in all layers, none, or those where saturation
   * is observed on calibration data. Default: none; for a target that wants them `observed` if there is `saturation`,
   * else all.
   */
  readonly reduceRange?: boolean | 'observed';
  /** Finds the layers that saturate, for `observed`: `saturatedLayers` of `src/simulate`. */
  readonly saturation?: SaturationProbe;
  /** Bits of weights, 2 to 8. Default 8. */
  readonly weightBits?: number;
  /** Bits of activations, 2 to 8. Default 8. */
  readonly activationBits?: number;
  /** Default: min-max. */
  readonly observer?: ObserverFactory;
  /**
   * Chooses each activation's range, within what the observer gives, by what it does to the outputs: `calibration` is gone
   * through again. Default false. Or goes on from what such a run has tried (`searched.tried`).
   */
  readonly searchRanges?: boolean | FurtherSearch;
  /**
   * Leaves as much float as it takes for the outputs to reach this SQNR in dB, as predicted from the effect of each unit
   * alone: no labels, no trials. Default: nothing for that.
   */
  readonly minSqnr?: number;
  /** Share of the multiply-accumulates that may stay float for `minSqnr`. Default: any. */
  readonly maxFloat?: number;
  /** What is done against the loss, in this order; those of the float model come first. Default: nothing. */
  readonly repairs?: readonly Repair[];
  /** Leaves as much float as it takes to keep the accuracy. Default: no limit. */
  readonly limit?: DropLimit;
  /** Number of calibration batches, for progress, where it is known. */
  readonly batches?: number;
  /** Of a calibration that was cut short. */
  readonly resume?: CalibrationState;
  readonly onState?: (save: () => CalibrationState) => void;
}

/**
 * Runs a quantized model with 8-bit weights as x86 without VNNI does. Gives the nodes that lose by saturation, by name or
 * by that of the first output, and a report. It is handed in, since simulation builds on quantization.
 */
export type SaturationProbe = (
  quantized: Model,
  feeds: readonly Feeds[],
) => Promise<{ readonly nodes: readonly string[]; readonly report: Report }>;

/** The integers that the options ask for, within what a target's kernels take. */
export function schemeFor(options: QuantizeOptions): Scheme {
  const { target, weightBits = 8, activationBits = 8 } = options;
  const own = target && schemeOf(target);
  const dtype = options.activations ?? own?.activations.dtype ?? 'uint8';
  const symmetric = options.symmetric ?? own?.activations.symmetric ?? false;
  return {
    activations: { dtype, symmetric, integers: narrowed(activationRanges[dtype], activationBits) },
    weights: {
      integers: weightBits === 8 ? weightIntegers(options) : symmetricRange(weightBits),
      perChannel: options.perChannel ?? own?.weights.perChannel ?? true,
    },
  };
}

/** Which layers get 7-bit weights, the target considered. Throws UsageError for `observed` without what observes. */
export function reducedLayers({ target, reduceRange, saturation }: QuantizeOptions): boolean | 'observed' {
  if (reduceRange === 'observed' && !saturation)
    throw new UsageError(
      "For reduceRange 'observed' the option saturation must say which layers saturate, is missing: pass saturatedLayers, or true for all layers",
    );
  const isWanted = target !== undefined && isReduced(target);
  return reduceRange ?? (isWanted && (saturation ? 'observed' : true));
}

/** Integers of 8-bit weights: of 7 bits only where all layers get them, or the target's are for another reason. */
function weightIntegers(options: QuantizeOptions): IntegerRange {
  const { target } = options;
  if (reducedLayers(options) === true) return weightRange(true);
  return target && !isReduced(target) ? schemeOf(target).weights.integers : weightRange(false);
}

/** Whether a target wants 7-bit weights because its sums saturate. */
const isReduced = ({ weights: { dtype, max } }: Target): boolean => dtype === 'int8' && max <= 64;

const symmetricRange = (bits: number): IntegerRange => {
  const max = 2 ** (bits - 1) - 1;
  return { min: -max, max };
};

/** The lowest integers of a type that `bits` bits can hold. */
function narrowed({ min, max }: IntegerRange, bits: number): IntegerRange {
  if (bits === 8) return { min, max };
  const low = min < 0 ? -(2 ** (bits - 1)) : 0;
  return { min: low, max: low + 2 ** bits - 1 };
}
