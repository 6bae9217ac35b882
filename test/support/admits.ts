import type { Dim, TensorType } from '../../src/ir/index.ts';

/** True if the actual type is one of those that the inferred one leaves open; `sizeOf` tells a symbol's size, if it is known. */
export function admits(
  inferred: TensorType,
  actual: TensorType,
  sizeOf: (symbol: string) => number | undefined,
): boolean {
  if (inferred.dtype !== actual.dtype) return false;
  if (inferred.shape === undefined) return true;
  const agrees = (dim: Dim, size: Dim): boolean => {
    const known = typeof dim === 'string' ? sizeOf(dim) : dim;
    return known === null || known === undefined || known === size;
  };
  return (
    inferred.shape.length === actual.shape?.length &&
    inferred.shape.every((dim, i) => agrees(dim, actual.shape![i]!))
  );
}
