import { type MessageName, oneofs, type Packed, type Scalars, schema } from './schema.ts';

/** Wire types of the protobuf encoding: https://protobuf.dev/programming-guides/encoding */
export const wire = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** A field, ready for reading and writing. It is a `message` or has a `scalar` type; only scalars are packed. */
export interface Field {
  readonly name: string;
  readonly number: number;
  readonly message: MessageName | undefined;
  readonly scalar: keyof Scalars;
  readonly packed: keyof Packed | undefined;
  readonly repeated: boolean;
  readonly wire: number;
  /** Fields that this one replaces, since a message has only one of them. */
  readonly rivals: readonly string[];
}

export interface Table {
  readonly name: MessageName;
  readonly byNumber: ReadonlyMap<number, Field>;
  /** Highest number first, as the writer needs them. */
  readonly descending: readonly Field[];
}

/** A message while it is read or written: any field by name. */
export type Fields = Record<string, unknown>;

const scalarWire: Record<keyof Scalars, number> = {
  int32: wire.varint,
  int64: wire.varint,
  uint64: wire.varint,
  float: wire.fixed32,
  double: wire.fixed64,
  string: wire.bytes,
  bytes: wire.bytes,
};

const tables = new Map(Object.keys(schema).map((name) => [name, compile(name as MessageName)]));

/** The fields of one message type. */
export const tableOf = (name: MessageName): Table => tables.get(name) as Table;

function compile(name: MessageName): Table {
  const fields = Object.entries(schema[name]).map(([field, spec]) => compileField(name, field, spec));
  return {
    name,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    descending: fields.sort((a, b) => b.number - a.number),
  };
}

function compileField(owner: MessageName, name: string, spec: readonly (string | number)[]): Field {
  const [number, type, label] = spec as [number, string, string | undefined];
  const message = type in schema ? (type as MessageName) : undefined;
  const group = oneofs[owner] ?? [];
  return {
    name,
    number,
    message,
    scalar: message ? 'bytes' : (type as keyof Scalars),
    packed: label === 'packed' ? (type as keyof Packed) : undefined,
    repeated: label !== undefined,
    wire: message ? wire.bytes : scalarWire[type as keyof Scalars],
    rivals: group.includes(name) ? group.filter((other) => other !== name) : [],
  };
}
