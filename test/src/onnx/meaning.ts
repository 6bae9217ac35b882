import { createHash } from 'node:crypto';
import { type DescField, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { type ReflectList, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { ModelProtoSchema, type TensorProto } from 'onnx-buf';

/**
 * What a model file says, read by onnx-buf: equal for two files that mean the same. Left out are explicit
 * defaults, in which field a tensor's data is, and the order of `value_info`.
 */
export const meaning = (bytes: Uint8Array): unknown =>
  meaningOf(reflect(ModelProtoSchema, fromBinary(ModelProtoSchema, bytes)));

type Meaning = Record<string, unknown>;

function meaningOf(message: ReflectMessage): Meaning {
  const result: Meaning = {};
  for (const field of message.fields) {
    if (!message.isSet(field) || isData(message.desc, field)) continue;
    const value = fieldMeaning(message, field);
    if (value !== undefined) result[field.name] = value;
  }
  const { $unknown } = message.message;
  if ($unknown?.length) result.$unknown = $unknown.map((u) => [u.no, u.wireType, hex(u.data)]);
  return { ...result, ...extras(message, result) };
}

function fieldMeaning(message: ReflectMessage, field: DescField): unknown {
  if (field.fieldKind === 'message') return meaningOf(message.get(field) as ReflectMessage);
  if (field.fieldKind === 'list') return listMeaning(field, message.get(field) as ReflectList);
  const value = plain(message.get(field));
  const isDefault = value === 0 || value === 0n || value === '' || value === 'hex:';
  return isDefault && !field.oneof ? undefined : value;
}

function listMeaning(field: DescField & { fieldKind: 'list' }, list: ReflectList): unknown {
  const items = Array.from(list, (item) =>
    field.listKind === 'message' ? meaningOf(item as ReflectMessage) : plain(item),
  );
  if (!items.length) return undefined;
  const byName = (a: unknown, b: unknown) =>
    String((a as Meaning).name).localeCompare((b as Meaning).name as string);
  return field.name === 'value_info' ? items.sort(byName) : items;
}

const plain = (value: unknown): unknown => (value instanceof Uint8Array ? hex(value) : value);
const hex = (bytes: Uint8Array): string =>
  bytes.length > 64
    ? `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    : `hex:${Buffer.from(bytes).toString('hex')}`;

const dataFields = ['float_data', 'int32_data', 'int64_data', 'double_data', 'uint64_data', 'raw_data'];
const isData = (owner: DescMessage, field: DescField): boolean =>
  owner.name === 'TensorProto' && dataFields.includes(field.name);

/** What a message says by more than one field, or leaves to be concluded. */
function extras(message: ReflectMessage, result: Meaning): Meaning {
  if (message.desc.name === 'TensorProto') return { data: hex(tensorData(message.message as TensorProto)) };
  if (message.desc.name !== 'AttributeProto' || result.type) return {};
  const order = ['f', 'i', 's', 't', 'g', 'floats', 'ints', 'strings', 'tensors', 'graphs'];
  const set = (name: string) => message.isSet(message.fields.find((field) => field.name === name)!);
  const implied = order.findIndex(set) + 1;
  return implied ? { type: implied } : {};
}

/** Little-endian bytes by an own reading of the spec, to compare the codec's with. */
export function tensorData(tensor: TensorProto): Uint8Array {
  if (tensor.rawData.length) return tensor.rawData;
  const { floatData, doubleData, int64Data, uint64Data, int32Data } = tensor;
  const type = tensor.dataType;
  const bytesPerInt32 = type === 6 ? 4 : [4, 5, 10, 16].includes(type) ? 2 : 1;
  const size = { floatData: 4, doubleData: 8, int64Data: 8, uint64Data: type === 12 ? 4 : 8 };
  const lists = [
    ...floatData.map((value) => pack(size.floatData, (view) => view.setFloat32(0, value, true))),
    ...doubleData.map((value) => pack(size.doubleData, (view) => view.setFloat64(0, value, true))),
    ...int64Data.map((value) => pack(size.int64Data, (view) => view.setBigInt64(0, value, true))),
    ...uint64Data.map((value) =>
      pack(8, (view) => view.setBigUint64(0, value, true)).subarray(0, size.uint64Data),
    ),
    ...int32Data.map((value) => pack(4, (view) => view.setInt32(0, value, true)).subarray(0, bytesPerInt32)),
  ];
  return Buffer.concat(lists);
}

function pack(length: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return bytes;
}
