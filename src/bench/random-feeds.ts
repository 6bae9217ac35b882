import { ModelError } from '../errors.ts';
import { type DType, dtypeArray, formatShape, isStatic, product, Tensor } from '../ir/index.ts';
import { random } from '../random.ts';
import type { Feeds, Port } from '../runtime/index.ts';

export interface FeedOptions {
  /** Size of a first dimension that the model leaves open. Default 1. */
  readonly batch?: number;
  /** Full shapes by input name, for inputs with more open dimensions than the first. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

/**
 * Made-up input for a model: floats uniform in [0, 1), whole numbers 0, always the same.
 * Throws ModelError if a shape stays open or a fixed batch is not the one asked for.
 */
export function randomFeeds(inputs: readonly Port[], options: FeedOptions = {}): Feeds {
  const { uniform } = random(1);
  return Object.fromEntries(
    inputs.map((input) => {
      const shape = concreteShape(input, options);
      const data = new (dtypeArray(input.dtype))(product(shape));
      fill(data as never, input, uniform);
      return [input.name, Tensor.of(input.dtype, data, shape)];
    }),
  );
}

/** Samples that one run takes: the first dimension of the first input that has one. */
export function batchOf(feeds: Feeds): number {
  return Object.values(feeds).find((tensor) => tensor.shape.length > 0)?.shape[0] ?? 1;
}

function concreteShape({ name, shape }: Port, { batch, shapes }: FeedOptions): readonly number[] {
  const given = shapes?.[name];
  if (given) return given;
  if (batch !== undefined && typeof shape[0] === 'number' && shape[0] !== batch)
    throw new ModelError(
      `Input '${name}' ${formatShape(shape)} has a fixed batch of ${shape[0]}, asked for was ${batch}; leave the batch out, or export the model with an open one`,
      { value: name },
    );
  const full = shape.map((dim, i) => (typeof dim === 'number' || i > 0 ? dim : (batch ?? 1)));
  if (isStatic(full)) return full;
  throw new ModelError(
    `Input '${name}' ${formatShape(shape)} has open dimensions after the first; give its shape: {shapes: {'${name}': [...]}}`,
    { value: name },
  );
}

const floats: ReadonlySet<DType> = new Set(['float32', 'float64']);
const wholes: ReadonlySet<DType> = new Set(['uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'bool']);

function fill(
  data: { [index: number]: number; length: number },
  { name, dtype }: Port,
  uniform: () => number,
): void {
  if (wholes.has(dtype)) return;
  if (floats.has(dtype)) for (let i = 0; i < data.length; i++) data[i] = uniform();
  // The ten low bits are the mantissa: numbers in [0.5, 1).
  else if (dtype === 'float16') for (let i = 0; i < data.length; i++) data[i] = 0x3800 + uniform() * 0x400;
  else throw new ModelError(`Input '${name}' of type ${dtype} cannot be made up`, { value: name });
}
