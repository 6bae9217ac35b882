import { type DType, dtypeArray, formatShape, product, Tensor } from '../../src/ir/index.ts';
import type { Feeds, Port } from '../../src/runtime/index.ts';
import { numbersOf } from './numbers.ts';
import { RequestError } from './request-error.ts';

/** What describes the tensors of a binary body, one after the other in it. */
export const tensorsHeader = 'edgebook-tensors';

interface Described {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

const bad = (message: string): RequestError => new RequestError(400, message);

/**
 * Tensors of a binary body: as the header describes them, else the numbers of the only input in its declared shape,
 * little-endian. Throws RequestError.
 */
export function binaryFeeds(body: Uint8Array, ports: readonly Port[], header: string | undefined): Feeds {
  const described = header === undefined ? [onlyOf(body, ports)] : parseHeader(header);
  const feeds: Record<string, Tensor> = {};
  let at = 0;
  for (const { name, dtype, shape } of described) {
    const port = portOf(name, ports);
    const size = product(shape) * dtypeArray(port.dtype).BYTES_PER_ELEMENT;
    if (dtype !== port.dtype) throw bad(`Input '${name}' must be ${port.dtype}, is described as ${dtype}`);
    if (at + size > body.length)
      throw bad(`The body has ${body.length} bytes, of which '${name}' must have ${at} to ${at + size}`);
    feeds[name] = checked(new Tensor(dtype, shape, body.subarray(at, at + size)), port);
    at += size;
  }
  if (at < body.length) throw bad(`The body has ${body.length} bytes, the tensors take ${at}`);
  return complete(feeds, ports);
}

function parseHeader(header: string): Described[] {
  try {
    const all = JSON.parse(header) as Described[];
    if (all.every(({ name, shape }) => typeof name === 'string' && shape.every(Number.isInteger))) return all;
  } catch {
    // Told below.
  }
  throw bad(
    `${tensorsHeader} must be JSON as [{"name":"x","dtype":"float32","shape":[1,3]}], was '${header}'`,
  );
}

function onlyOf(body: Uint8Array, ports: readonly Port[]): Described {
  const [port, ...more] = ports;
  if (!port || more.length > 0)
    throw bad(`The model has ${ports.length} inputs: describe them in the header ${tensorsHeader}`);
  const { BYTES_PER_ELEMENT } = dtypeArray(port.dtype);
  return { ...port, shape: filled(port, body.length / BYTES_PER_ELEMENT) };
}

/**
 * Tensors of a JSON body `{"inputs": ...}`: nested arrays or `{"shape", "data"}` by name, or nested arrays alone where there is
 * one input, or a list of `{"name", "shape", "data"}`. Throws RequestError.
 */
export function jsonFeeds(body: Uint8Array, ports: readonly Port[]): Feeds {
  const { inputs } = parsed(body);
  if (inputs === undefined || inputs === null || typeof inputs !== 'object')
    throw bad('The body must be {"inputs": {"NAME": {"shape": [...], "data": [...]}}}');
  if (Array.isArray(inputs) && !isNamedList(inputs)) {
    const [port, ...more] = ports;
    if (!port || more.length > 0)
      throw bad(`The model has inputs ${ports.map(({ name }) => name).join(', ')}: give "inputs" by name`);
    return { [port.name]: tensorOf(inputs, port) };
  }
  const entries = isNamedList(inputs)
    ? inputs.map((input) => [input.name, input] as const)
    : Object.entries(inputs);
  const feeds = Object.fromEntries(
    entries.map(([name, value]) => [name, tensorOf(value, portOf(name, ports))]),
  );
  return complete(feeds, ports);
}

function parsed(body: Uint8Array): { readonly inputs?: unknown } {
  try {
    return (JSON.parse(Buffer.from(body).toString()) ?? {}) as { inputs?: unknown };
  } catch (error) {
    throw bad(`The body is no JSON: ${(error as Error).message}`);
  }
}

const isNamedList = (inputs: unknown): inputs is { name: string }[] =>
  Array.isArray(inputs) &&
  inputs.length > 0 &&
  inputs.every((input) => typeof (input as { name?: unknown } | null)?.name === 'string');

function portOf(name: string, ports: readonly Port[]): Port {
  const port = ports.find((candidate) => candidate.name === name);
  if (port) return port;
  throw bad(`There is no input '${name}', inputs are ${ports.map((one) => one.name).join(', ')}`);
}

function complete(feeds: Feeds, ports: readonly Port[]): Feeds {
  const missing = ports.find(({ name }) => !feeds[name]);
  if (!missing) return feeds;
  throw bad(`Input '${missing.name}' ${missing.dtype} ${formatShape(missing.shape)} is missing`);
}

function tensorOf(value: unknown, port: Port): Tensor {
  if (port.dtype === 'float16' || port.dtype === 'bfloat16')
    throw bad(`Input '${port.name}' is ${port.dtype}: send its bytes, as application/octet-stream`);
  const { shape, data } = Array.isArray(value)
    ? { shape: nestedShape(value), data: value }
    : (value as { shape?: unknown; data?: unknown });
  if (!Array.isArray(data))
    throw bad(`Input '${port.name}' must be an array, or {"shape": [...], "data": [...]}`);
  const numbers = (data.flat(Infinity) as unknown[]).map((x) => numberOf(x, port.name));
  const sizes = Array.isArray(value) && value.every((x) => !Array.isArray(x)) ? undefined : shape;
  const full = (sizes as number[] | undefined) ?? filled(port, numbers.length);
  if (!full.every((size) => Number.isInteger(size) && size >= 0) || product(full) !== numbers.length)
    throw bad(`Input '${port.name}' has ${numbers.length} numbers, which do not fill [${full.join(', ')}]`);
  return checked(Tensor.of(port.dtype, numbers, full), port);
}

/** JSON has no words for these numbers, so answers have them as texts, and requests may. */
function numberOf(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw bad(`Input '${name}' must have numbers only, has ${JSON.stringify(value)}`);
}

function nestedShape(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...(value.length > 0 ? nestedShape(value[0]) : [])] : [];
}

/** The declared shape, whose only open size so many numbers decide. */
function filled({ name, dtype, shape }: Port, count: number): number[] {
  const known = shape.map((dim) => (typeof dim === 'number' ? dim : undefined));
  const rest = count / known.reduce<number>((size, dim) => size * (dim ?? 1), 1);
  const open = known.filter((dim) => dim === undefined).length;
  if (open > 1 || !Number.isInteger(rest) || (open === 0 && rest !== 1))
    throw bad(
      `Input '${name}' is ${dtype} ${formatShape(shape)}, which ${count} numbers do not fill: give its shape`,
    );
  return known.map((dim) => dim ?? rest);
}

function checked(tensor: Tensor, { name, dtype, shape }: Port): Tensor {
  const fits =
    tensor.shape.length === shape.length &&
    shape.every((dim, i) => typeof dim !== 'number' || dim === tensor.shape[i]);
  if (fits) return tensor;
  throw bad(`Input '${name}' must be ${dtype} ${formatShape(shape)}, is [${tensor.shape.join(', ')}]`);
}

/** Outputs as JSON: shape and numbers by name. */
export const jsonOutputs = (outputs: Readonly<Record<string, Tensor>>): object =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => {
      const { dtype, shape } = tensor;
      const numbers = Array.from(numbersOf(tensor), Number);
      const data = numbers.map((x) => (Number.isFinite(x) ? x : String(x)));
      return [name, { dtype, shape, data }];
    }),
  );

/** Outputs as bytes one after the other, and the header that describes them. */
export function binaryOutputs(outputs: Readonly<Record<string, Tensor>>): { body: Buffer; header: string } {
  const all = Object.entries(outputs);
  return {
    body: Buffer.concat(all.map(([, { bytes }]) => bytes)),
    header: JSON.stringify(all.map(([name, { dtype, shape }]) => ({ name, dtype, shape }))),
  };
}
