import { ModelError } from '../errors.ts';
import type { Graph } from './graph.ts';
import type { Tensor } from './tensor.ts';

/** An attribute as ONNX types them. `foreign` is what a codec read and does not understand and writes back. */
export type Attribute = AttributeValue & { readonly foreign?: unknown };

/**
 * What an attribute holds. A `reference` names an attribute of the function around it, `of` a type by its ONNX
 * code; `other` holds what the IR has no words for (sparse tensors, types).
 */
type AttributeValue =
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'int'; readonly value: number | bigint }
  | { readonly type: 'string'; readonly value: Uint8Array }
  | { readonly type: 'tensor'; readonly value: Tensor }
  | { readonly type: 'graph'; readonly value: Graph }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'ints'; readonly value: readonly (number | bigint)[] }
  | { readonly type: 'strings'; readonly value: readonly Uint8Array[] }
  | { readonly type: 'tensors'; readonly value: readonly Tensor[] }
  | { readonly type: 'graphs'; readonly value: readonly Graph[] }
  | { readonly type: 'reference'; readonly value: string; readonly of: number }
  | { readonly type: 'other'; readonly value: unknown };

/** What a caller may write for an attribute: integers and strings plainly, floats by `float()` and `floats()`. */
export type AttributeInput =
  | number
  | readonly number[]
  | string
  | readonly string[]
  | Tensor
  | Graph
  | Attribute;

export const float = (value: number): Attribute => ({ type: 'float', value });
export const floats = (value: readonly number[]): Attribute => ({ type: 'floats', value });

const encoder = new TextEncoder();

/** Throws ModelError for a fractional number without `float()`, since ONNX tells floats from ints by declaration. */
export function toAttribute(name: string, input: AttributeInput): Attribute {
  if (typeof input === 'number') return { type: 'int', value: integer(name, input) };
  if (typeof input === 'string') return { type: 'string', value: encoder.encode(input) };
  if (isList(input)) return listAttribute(name, input);
  if ('type' in input) return input;
  if ('nodes' in input) return { type: 'graph', value: input };
  return { type: 'tensor', value: input };
}

const isList = (input: AttributeInput): input is readonly number[] | readonly string[] =>
  Array.isArray(input);

function listAttribute(name: string, list: readonly number[] | readonly string[]): Attribute {
  if (typeof list[0] === 'string')
    return { type: 'strings', value: list.map((s) => encoder.encode(String(s))) };
  return { type: 'ints', value: (list as readonly number[]).map((n) => integer(name, n)) };
}

function integer(name: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new ModelError(
    `Attribute '${name}' must be an integer, was ${value}; write float(${value}) for a float`,
  );
}
