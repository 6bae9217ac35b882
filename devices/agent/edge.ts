import { UsageError } from '../../src/errors.ts';
import { Model, Tensor, type TypedArray } from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import {
  type Feeds,
  InferenceSession,
  type NodeTime,
  type Port,
  profileNodes,
} from '../../src/runtime/index.ts';

export { Model, Tensor } from '../../src/ir/index.ts';
export { loadModel } from '../../src/onnx/index.ts';
export { InferenceSession } from '../../src/runtime/index.ts';

const sessions = new WeakMap<object, Promise<InferenceSession>>();
const ofFiles = new Map<string, Promise<InferenceSession>>();

/**
 * Runs a model on the device's onnxruntime: `await edge.run(model, input)`. The model is a `Model`, ONNX bytes or a
 * file's path, and stays loaded. The input is a tensor, a typed array in the declared shape of the only input, or
 * tensors by name. Gives the only output's tensor, or all of them by name. Throws UsageError and ModelError.
 */
export async function run(
  model: Model | Uint8Array | string,
  input: Tensor | TypedArray | Feeds,
): Promise<Tensor | Record<string, Tensor>> {
  const session = await loaded(model);
  const results = await session.run(feedsOf(input, session.inputs));
  const [only, ...others] = Object.values(results);
  return only && others.length === 0 ? only : results;
}

/**
 * Microseconds that each node of a model takes on the device, as its onnxruntime fuses them: medians of 30 profiled runs.
 * Throws ModelError for a model that does not load.
 */
export const profile = (model: Model | Uint8Array, feeds: Feeds): Promise<NodeTime[]> =>
  profileNodes(model instanceof Model ? writeModel(model) : model, feeds);

function loaded(model: Model | Uint8Array | string): Promise<InferenceSession> {
  if (typeof model === 'string') return kept(ofFiles, model, () => InferenceSession.create(model));
  if (model instanceof Model) return kept(sessions, model, () => InferenceSession.create(writeModel(model)));
  if (model instanceof Uint8Array) return kept(sessions, model, () => InferenceSession.create(model));
  throw new UsageError(
    `edge.run takes a Model, ONNX bytes or a path, was: ${typeof model}. Push one by %push`,
  );
}

interface Keeper<K> {
  get(key: K): Promise<InferenceSession> | undefined;
  set(key: K, value: Promise<InferenceSession>): unknown;
  delete(key: K): unknown;
}

function kept<K>(
  keeper: Keeper<K>,
  key: K,
  make: () => Promise<InferenceSession>,
): Promise<InferenceSession> {
  const known = keeper.get(key);
  if (known) return known;
  const session = make();
  keeper.set(key, session);
  session.catch(() => keeper.delete(key));
  return session;
}

function feedsOf(input: Tensor | TypedArray | Feeds, ports: readonly Port[]): Feeds {
  const isOne = input instanceof Tensor || ArrayBuffer.isView(input);
  if (!isOne) return input;
  const [port, ...others] = ports;
  if (!port || others.length > 0)
    throw new UsageError(
      `The model has ${ports.length} inputs: give tensors by name, ${ports.map(({ name }) => name).join(', ')}`,
    );
  return { [port.name]: input instanceof Tensor ? input : shaped(input, port) };
}

/** A typed array in the declared shape; one dimension may be open. */
function shaped(data: TypedArray, { name, dtype, shape }: Port): Tensor {
  const known = shape.map((dim) => (typeof dim === 'number' ? dim : undefined));
  const size = known.reduce<number>((product, dim) => product * (dim ?? 1), 1);
  const open = known.filter((dim) => dim === undefined).length;
  const rest = data.length / size;
  if (open > 1 || !Number.isInteger(rest) || (open === 0 && rest !== 1))
    throw new UsageError(
      `Input '${name}' is ${dtype} [${shape.map((dim) => dim ?? '?').join(', ')}], which ${data.length} numbers do not fill. Give a Tensor`,
    );
  return Tensor.of(
    dtype,
    data,
    known.map((dim) => dim ?? rest),
  );
}
