import { ModelError } from '../errors.ts';
import { dtypeBits, product, Tensor } from '../ir/index.ts';
import type { GraphProto, ModelProto, SparseTensorProto, TensorProto } from './schema.ts';
import { decodeTensor, encodeTensor } from './tensor.ts';

/** As large as a dense tensor in an ONNX file could be. */
const maxDense = 2 ** 31 - 1;

/**
 * The dense tensor of a sparse one, whose indices are linear [NNZ] or by axis [NNZ, rank]; undefined for strings and
 * elements of less than a byte, which no runtime takes so. Throws ModelError, naming it, where values, indices and
 * dimensions do not fit each other. Source: SparseTensorProto in onnx.proto.
 */
export function decodeSparse({
  values = {},
  indices = {},
  dims = [],
}: SparseTensorProto): Tensor | undefined {
  const label = `Sparse tensor '${values.name ?? ''}'`;
  const given = decodeTensor(values, label);
  const width = dtypeBits(given.dtype) / 8;
  if (given.strings || !Number.isInteger(width)) return undefined;
  const shape = dims.map(Number);
  const size = product(shape);
  const isSize = shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0) && size * width <= maxDense;
  if (!isSize) throw new ModelError(`${label}: its dense form must be at most 2 GiB, is of shape [${dims}]`);
  const places = placesOf(decodeTensor(indices, `${label}, indices`), { shape, label, count: given.size });
  const bytes = new Uint8Array(size * width);
  for (const [i, place] of places.entries())
    bytes.set(given.bytes.subarray(i * width, (i + 1) * width), place * width);
  return new Tensor(given.dtype, shape, bytes);
}

interface Dense {
  readonly shape: readonly number[];
  /** Of values. */
  readonly count: number;
  readonly label: string;
}

/** Where the values stand in the dense tensor. */
function placesOf({ dtype, shape: own, data }: Tensor, { shape, count, label }: Dense): Float64Array {
  const rank = own.length === 1 ? 1 : shape.length;
  const fits = own.length === 1 ? own[0] === count : own.length === 2 && own[0] === count && own[1] === rank;
  if (dtype !== 'int64' || !fits)
    throw new ModelError(
      `${label}: its indices must be int64 [${count}] or [${count}, ${shape.length}], are ${dtype} [${own}]`,
    );
  const axes = own.length === 1 ? [product(shape)] : shape;
  const all = data as BigInt64Array;
  return Float64Array.from({ length: count }, (_, i) => {
    let place = 0;
    for (const [axis, dim] of axes.entries()) {
      const index = Number(all[i * rank + axis]);
      if (!(index >= 0 && index < dim))
        throw new ModelError(`${label}: an index must be from 0 to ${dim - 1}, is ${index}`);
      place = place * dim + index;
    }
    return place;
  });
}

/** Bytes of the message beside values and indices, at most: fields, lengths, dimensions. */
const overhead = 40;

/**
 * The sparse form of a dense tensor message, with linear indices in ascending order; undefined unless it is smaller: an index
 * takes 8 bytes, so for float32 above two thirds of zeros. An element of which one bit is set, as -0, is no zero.
 */
export function sparseForm(message: TensorProto): SparseTensorProto | undefined {
  const tensor = decodeTensor(message);
  const width = dtypeBits(tensor.dtype) / 8;
  if (tensor.strings || !Number.isInteger(width) || tensor.shape.length === 0) return undefined;
  const places = nonzeroPlaces(tensor.bytes, width);
  if (places.length * (width + 8) + overhead >= tensor.bytes.length) return undefined;
  const bytes = new Uint8Array(places.length * width);
  for (const [i, place] of places.entries())
    bytes.set(tensor.bytes.subarray(place * width, (place + 1) * width), i * width);
  const { dims, raw_data, ...rest } = message;
  const indices = Tensor.of('int64', BigInt64Array.from(places, BigInt), [places.length]);
  return {
    values: { ...rest, dims: [places.length], raw_data: bytes },
    indices: encodeTensor(indices),
    ...(dims && { dims }),
  };
}

function nonzeroPlaces(bytes: Uint8Array, width: number): number[] {
  const places: number[] = [];
  for (let at = 0; at < bytes.length; at += width) {
    let bits = 0;
    for (let i = 0; i < width; i++) bits |= bytes[at + i]!;
    if (bits !== 0) places.push(at / width);
  }
  return places;
}

/** The first IR version whose graphs have sparse initializers. */
const sparseSince = 5;

/**
 * A copy of the model whose initializers are sparse where that is smaller. Those of subgraphs, and those that are inputs or
 * outputs as well, stay dense. Throws ModelError for a model of an IR version before 5, which knows none.
 */
export function toSparse(model: ModelProto): ModelProto {
  if (Number(model.ir_version ?? 0) < sparseSince)
    throw new ModelError(
      `Sparse initializers need IR version ${sparseSince} or later, the model has ${model.ir_version}: write it without`,
    );
  return model.graph ? { ...model, graph: sparseGraph(model.graph) } : model;
}

function sparseGraph(graph: GraphProto): GraphProto {
  const { initializer = [], sparse_initializer = [], input = [], output = [] } = graph;
  const ends = new Set([...input, ...output].map(({ name }) => name));
  const forms = initializer.map((one) => (ends.has(one.name) ? undefined : sparseForm(one)));
  return {
    ...graph,
    initializer: initializer.filter((_, i) => !forms[i]),
    sparse_initializer: [...sparse_initializer, ...forms.flatMap((form) => form ?? [])],
  };
}
