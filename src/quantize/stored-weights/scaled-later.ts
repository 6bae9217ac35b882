import type { Node, Value } from '../../ir/index.ts';
import {
  alongAxis,
  broadcast,
  hasIntegers,
  type ScaleIndex,
  type StoredWeight,
  storedWeight,
} from './stored-weight.ts';

/**
 * Integers that other nodes make real: Cast, Sub of the zero points, Mul by the scales, which are constants or picked from
 * one. Nothing where such a chain does not follow. `index`: where the integers are among the inputs.
 */
export const scaledLater =
  (index: number, axis?: number) =>
  (node: Node): StoredWeight[] => {
    const weight = node.inputs[index];
    if (!hasIntegers(weight)) return [];
    const parameters = parametersAfter(node.output());
    if (!parameters?.scale.tensor) return [];
    const { shape } = weight.tensor!;
    const indexOf: ScaleIndex =
      axis === undefined ? broadcast(shape, parameters.scale.tensor.shape) : alongAxis(shape, axis);
    return [storedWeight(weight, parameters, indexOf)];
  };

function parametersAfter(
  value: Value,
  zeroPoint?: Value,
): { scale: Value; zeroPoint?: Value | undefined } | undefined {
  const use = value.uses[0];
  const { opType } = use?.node ?? {};
  if (!use || !opType) return undefined;
  if (opType === 'Cast') return parametersAfter(use.node.output(), zeroPoint);
  const other = constantBehind(use.node.inputs[1 - use.index]);
  // What is subtracted is a zero point, no weight.
  if (opType === 'Sub' && use.index === 0 && other) return parametersAfter(use.node.output(), other);
  return opType === 'Mul' && other ? { scale: other, zeroPoint } : undefined;
}

/** The constant that a value is, is cast or picked from, or is multiplied with the scale of activations to. */
function constantBehind(value: Value | undefined): Value | undefined {
  if (!value || value.tensor) return value;
  const node = value.producer;
  if (node?.opType === 'Cast' || node?.opType === 'Gather') return constantBehind(node.inputs[0]);
  return node?.opType === 'Mul' ? node.inputs.find((input) => input?.tensor) : undefined;
}
