import { ByteWriter } from './byte-writer.ts';
import { type Field, type Fields, tableOf, wire } from './protobuf-table.ts';
import type { Message, MessageName } from './schema.ts';

/**
 * The bytes of a message as pieces in order. Large bytes fields are the caller's own arrays, not copies.
 * Unknown fields come last in their message.
 */
export function writeMessage<M extends MessageName>(name: M, message: Message<M>): Uint8Array[] {
  const writer = new ByteWriter();
  writeFields(writer, name, message as Fields);
  return writer.finish();
}

/** Last field first: the writer goes backward, so that a length is known when its turn comes. */
function writeFields(writer: ByteWriter, name: MessageName, message: Fields): void {
  const unknown = (message.unknown as Uint8Array[] | undefined) ?? [];
  for (let i = unknown.length - 1; i >= 0; i--) writer.bytes(unknown[i]!);
  for (const field of tableOf(name).descending) {
    const value = message[field.name];
    if (value === undefined) continue;
    if (field.packed) writePacked(writer, field, value as ArrayLike<number | bigint>);
    else if (field.repeated) writeRepeated(writer, field, value as readonly unknown[]);
    else writeField(writer, field, value);
  }
}

function writeRepeated(writer: ByteWriter, field: Field, values: readonly unknown[]): void {
  for (let i = values.length - 1; i >= 0; i--) writeField(writer, field, values[i]);
}

function writeField(writer: ByteWriter, field: Field, value: unknown): void {
  const before = writer.written;
  if (field.message) writeFields(writer, field.message, value as Fields);
  else writer.scalar(field.scalar, value);
  if (field.wire === wire.bytes) writer.varint(writer.written - before);
  writer.varint(field.number * 8 + field.wire);
}

function writePacked(writer: ByteWriter, field: Field, values: ArrayLike<number | bigint>): void {
  if (!values.length) return;
  const before = writer.written;
  for (let i = values.length - 1; i >= 0; i--) writer.scalar(field.scalar, values[i]);
  writer.varint(writer.written - before);
  writer.varint(field.number * 8 + wire.bytes);
}
