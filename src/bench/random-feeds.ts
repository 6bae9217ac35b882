import { ModelError, UsageError } from '../errors.ts';
import { type Dim, type DType, dtypeArray, formatShape, isStatic, product, Tensor } from '../ir/index.ts';
import { random } from '../random.ts';
import type { Feeds, Port } from '../runtime/index.ts';

export interface FeedOptions {
  /** Size of a first dimension that the model leaves open. Default: that of the first input if it is fixed, else 1. */
  readonly batch?: number;
  /** Full shapes by input name, for inputs with more open dimensions than the first. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

/**
 * Made-up input for a model: floats uniform in [0, 1), whole numbers 0, always the same.
 * Throws ModelError if a shape stays open or the first input has a fixed batch that is not the one asked for,
 * UsageError for the shape of an input that is not there.
 */
export function randomFeeds(inputs: readonly Port[], options: FeedOptions = {}): Feeds {
  const { uniform } = random(1);
  checkNames(inputs, options);
  const batch = batchFor(inputs, options);
  return Object.fromEntries(
    inputs.map((input) => {
      const shape = concreteShape(input, { ...options, batch });
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

function checkNames(inputs: readonly Port[], { shapes = {} }: FeedOptions): void {
  const names = inputs.map(({ name }) => name);
  const wrong = Object.keys(shapes).find((name) => !names.includes(name));
  if (wrong !== undefined) throw UsageError.unknown('input', wrong, names);
}

/** Further inputs may have a fixed first dimension that is no batch: only the first input's is one. */
function batchFor([first]: readonly Port[], { batch, shapes }: FeedOptions): number {
  const fixed = first && (shapes?.[first.name] ?? first.shape)[0];
  if (!first || typeof fixed !== 'number') return batch ?? 1;
  if (batch === undefined || batch === fixed) return fixed;
  throw new ModelError(
    `Input '${first.name}' ${formatShape(first.shape)} has a fixed batch of ${fixed}, asked for was ${batch}; leave the batch out, or export the model with an open one`,
    { value: first.name },
  );
}

function concreteShape(
  { name, shape }: Port,
  { batch, shapes }: FeedOptions & { batch: number },
): readonly number[] {
  const given = shapes?.[name];
  if (given) return given;
  const full = shape.map((dim, i) => (typeof dim === 'number' || i > 0 ? dim : batch));
  if (isStatic(full)) return full;
  throw new ModelError(
    `Input '${name}' ${formatShape(shape)} has open dimensions after the first; give its whole shape: --shape ${name}=${example(full)}, or shapes: {'${name}': [${example(full)}]}`,
    { value: name },
  );
}

/** A shape that would do, with 64 for what is open. */
const example = (shape: readonly Dim[]): string =>
  shape.map((dim) => (typeof dim === 'number' ? dim : 64)).join(',');

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
