import { ModelError } from '../errors.ts';
import { formatShape, isStatic, type Value } from '../ir/index.ts';

/** The shape of a value as numbers. Throws ModelError if a dimension is symbolic or unknown. */
export function staticShape(value: Value): readonly number[] {
  const { shape } = value;
  if (isStatic(shape)) return shape;
  throw new ModelError(
    `'${value.name}' must have a static shape for its gradient, has ${formatShape(shape)}`,
    {
      value: value.name,
    },
  );
}
