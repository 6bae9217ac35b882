import { UsageError } from '../../errors.ts';
import { adaRounding } from './ada-round/index.ts';
import { biasAbsorption } from './bias-absorption.ts';
import { biasCorrection, fastBiasCorrection } from './bias-correction.ts';
import { blockReconstructing } from './block-reconstruction/index.ts';
import { crossLayerEqualization } from './cross-layer-equalization.ts';
import type { Repair } from './repair.ts';
import { sequentialMse } from './seq-mse/index.ts';
import { smoothQuant } from './smooth-quant.ts';

export { type AbsorbOptions, absorbBiases } from './bias-absorption.ts';
export { type CorrectBiasOptions, correctBias } from './bias-correction.ts';
export { type EqualizeOptions, equalizeAcrossLayers } from './cross-layer-equalization.ts';
export type {
  EncodedModel,
  EncodingsRepair,
  FloatRepair,
  Repair,
  RepairedEncodings,
  RepairedModel,
  RepairOptions,
} from './repair.ts';
export { type SmoothOptions, smoothActivations } from './smooth-quant.ts';

/** All repairs, in the order in which they are applied: those of the float model first. */
export const repairs: readonly Repair[] = [
  crossLayerEqualization,
  biasAbsorption,
  smoothQuant,
  sequentialMse,
  adaRounding,
  blockReconstructing,
  biasCorrection,
  fastBiasCorrection,
];

/** The repairs called so, in the order of `repairs`. Throws UsageError for a name that there is not. */
export function repairsByName(names: readonly string[]): Repair[] {
  for (const name of names)
    if (!repairs.some((repair) => repair.name === name))
      throw UsageError.unknown(
        'repair',
        name,
        repairs.map((repair) => repair.name),
      );
  return repairs.filter((repair) => names.includes(repair.name));
}
