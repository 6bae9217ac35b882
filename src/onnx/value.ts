import { type Tensor, type TensorType, Value } from '../ir/index.ts';
import { keep, nonBlank, readMetadata, writeMetadata } from './entries.ts';
import type { SparseTensorProto, TypeProto, ValueInfoProto } from './schema.ts';
import { decodeType, encodeType, isPlainType } from './type.ts';

/** What the IR's Value has no words for. */
export interface ValueForeign {
  readonly info?: ValueInfoProto;
  /** A type as read, written back for as long as the value's type stays the one that was read from it. */
  readonly type?: { readonly message: TypeProto; readonly read: TensorType | undefined };
  /** The value stands in `value_info`, although it is an input, an output or an initializer. */
  readonly listed?: true;
  /** A sparse initializer as read, written back for as long as the value's tensor stays the one that was read from it. */
  readonly sparse?: { readonly message: SparseTensorProto; readonly read: Tensor | undefined };
}

export const foreignOf = (value: Value): ValueForeign | undefined =>
  value.foreign as ValueForeign | undefined;

export function decodeValue(message: ValueInfoProto): Value {
  const value = new Value(message.name ?? '');
  describe(value, message);
  return value;
}

/** Gives `value` what `message` says about it and it does not know yet. */
export function describe(value: Value, message: ValueInfoProto, more: ValueForeign = {}): void {
  const { name, type, doc_string, metadata_props, ...rest } = message;
  const before = foreignOf(value);
  const typeKnown = value.type || before?.type;
  if (!typeKnown) value.type = decodeType(type);
  value.docString ||= doc_string ?? '';
  const info = keep({ ...rest, metadata_props: readMetadata(metadata_props, value.metadata) });
  const foreign: ValueForeign = {
    ...before,
    ...more,
    ...(info && { info }),
    ...(type && !typeKnown && !isPlainType(type) && { type: { message: type, read: value.type } }),
  };
  value.foreign = keep(foreign);
}

export function encodeValue(value: Value): ValueInfoProto {
  const foreign = foreignOf(value);
  const { metadata_props, ...rest } = foreign?.info ?? {};
  return {
    ...rest,
    name: value.name,
    type: typeOf(value, foreign),
    doc_string: nonBlank(value.docString),
    metadata_props: writeMetadata(value.metadata, metadata_props),
  };
}

function typeOf(value: Value, foreign: ValueForeign | undefined): TypeProto | undefined {
  if (foreign?.type && foreign.type.read === value.type) return foreign.type.message;
  return value.type && encodeType(value.type);
}
