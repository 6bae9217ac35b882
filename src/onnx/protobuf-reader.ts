import { ByteReader } from './byte-reader.ts';
import { type Field, type Fields, type Table, tableOf, wire } from './protobuf-table.ts';
import type { Message, MessageName } from './schema.ts';
import { unpack } from './unpack.ts';

/** As deep as protobuf's own parsers go; a subgraph takes three levels. */
const maxDepth = 100;

/**
 * Reads a protobuf message. Bytes fields are views of `bytes`, not copies; fields that the schema does not
 * know are kept raw. Throws ModelError with the byte offset and the field where the data is malformed.
 */
export function readMessage<M extends MessageName>(name: M, bytes: Uint8Array): Message<M> {
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  return readFields(new ByteReader(plain, name), tableOf(name), {}) as Message<M>;
}

/** Reads fields up to `reader.end` into `message`, which may hold some already: protobuf merges them. */
function readFields(reader: ByteReader, table: Table, message: Fields): Fields {
  if (reader.path.length > maxDepth)
    throw reader.error(`messages must nest ${maxDepth} levels at most, nest deeper`);
  const packed = new Map<Field, Uint8Array[]>();
  while (reader.at < reader.end) {
    const start = reader.at;
    const tag = readTag(reader);
    const field = table.byNumber.get(tag >>> 3);
    if (!field) {
      skip(reader, tag, 0);
      append(message, 'unknown', reader.bytes.subarray(start, reader.at));
      continue;
    }
    reader.path.push(field.name);
    if (field.packed) collect(packed, field, readPacked(reader, field, tag & 7));
    else readField(reader, field, { message, wireType: tag & 7 });
    reader.path.pop();
  }
  for (const [field, parts] of packed) message[field.name] = unpack(field, parts, message[field.name]);
  return message;
}

/** Field number times 8, plus wire type. */
function readTag(reader: ByteReader): number {
  const tag = reader.varint();
  if (typeof tag === 'number' && tag >= 8 && tag < 2 ** 32) return tag;
  throw reader.error('a field number must be from 1 to 2^29 - 1, is not');
}

function readField(reader: ByteReader, field: Field, to: { message: Fields; wireType: number }): void {
  const { message, wireType } = to;
  if (field.repeated && wireType === wire.bytes && field.wire !== wire.bytes) {
    readList(reader, field, message);
    return;
  }
  expectWire(reader, field, wireType);
  const value = field.message
    ? readNested(reader, tableOf(field.message), field.repeated ? {} : (message[field.name] as Fields))
    : reader.scalar(field.scalar);
  if (field.repeated) append(message, field.name, value);
  else message[field.name] = value;
  for (const rival of field.rivals) if (rival in message) delete message[rival];
}

function readNested(reader: ByteReader, table: Table, message: Fields = {}): Fields {
  const length = reader.length();
  const outerEnd = reader.end;
  reader.end = reader.at + length;
  readFields(reader, table, message);
  reader.end = outerEnd;
  return message;
}

/** A repeated number that comes packed although the schema does not say so, as writers of proto3 have it. */
function readList(reader: ByteReader, field: Field, message: Fields): void {
  const length = reader.length();
  const outerEnd = reader.end;
  reader.end = reader.at + length;
  while (reader.at < reader.end) append(message, field.name, reader.scalar(field.scalar));
  reader.end = outerEnd;
}

/** The bytes of a packed field's elements; also of a single element that comes with its own tag. */
function readPacked(reader: ByteReader, field: Field, wireType: number): Uint8Array {
  if (wireType === wire.bytes) return reader.take(reader.length());
  expectWire(reader, field, wireType);
  const start = reader.at;
  reader.scalar(field.scalar);
  return reader.bytes.subarray(start, reader.at);
}

function expectWire(reader: ByteReader, field: Field, wireType: number): void {
  if (wireType !== field.wire)
    throw reader.error(`field ${field.number} must have wire type ${field.wire}, has ${wireType}`);
}

/** Passes over a field that the schema does not know, groups included. */
function skip(reader: ByteReader, tag: number, depth: number): void {
  if (depth > maxDepth) throw reader.error(`groups must nest ${maxDepth} levels at most, nest deeper`);
  const wireType = tag & 7;
  if (wireType === wire.varint) reader.varint();
  else if (wireType === wire.fixed64) reader.advance(8);
  else if (wireType === wire.bytes) reader.advance(reader.length());
  else if (wireType === wire.fixed32) reader.advance(4);
  else if (wireType === wire.startGroup) skipGroup(reader, tag >>> 3, depth);
  else throw reader.error(`field ${tag >>> 3} must have a wire type from 0 to 5 in place, has ${wireType}`);
}

function skipGroup(reader: ByteReader, number: number, depth: number): void {
  for (;;) {
    const tag = readTag(reader);
    if ((tag & 7) !== wire.endGroup) skip(reader, tag, depth + 1);
    else if (tag >>> 3 === number) return;
    else throw reader.error(`group ${number} must end by its own number, ends by ${tag >>> 3}`);
  }
}

function append(message: Fields, name: string, value: unknown): void {
  const list = message[name] as unknown[] | undefined;
  if (list) list.push(value);
  else message[name] = [value];
}

function collect(packed: Map<Field, Uint8Array[]>, field: Field, part: Uint8Array): void {
  const parts = packed.get(field);
  if (parts) parts.push(part);
  else packed.set(field, [part]);
}
