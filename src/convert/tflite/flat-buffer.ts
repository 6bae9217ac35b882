import { ModelError } from '../../errors.ts';
import { type FieldType, type Scalar, schema } from './schema.ts';

/** A table of a file: its fields by name. Absent ones have the schema's default, or are undefined. */
export type Table = Readonly<Record<string, unknown>>;

const readers: Readonly<
  Record<Scalar, { width: number; read(view: DataView, at: number): number | bigint | boolean }>
> = {
  bool: { width: 1, read: (view, at) => view.getUint8(at) !== 0 },
  int8: { width: 1, read: (view, at) => view.getInt8(at) },
  uint8: { width: 1, read: (view, at) => view.getUint8(at) },
  uint16: { width: 2, read: (view, at) => view.getUint16(at, true) },
  int32: { width: 4, read: (view, at) => view.getInt32(at, true) },
  uint32: { width: 4, read: (view, at) => view.getUint32(at, true) },
  float32: { width: 4, read: (view, at) => view.getFloat32(at, true) },
  int64: { width: 8, read: (view, at) => view.getBigInt64(at, true) },
  uint64: { width: 8, read: (view, at) => view.getBigUint64(at, true) },
};

/**
 * Reads tables of a FlatBuffer by the schema. Every offset is checked against the file. The work is limited by the file's
 * length, since offsets of a damaged file may lead to the same table again and again.
 */
export class FlatBuffer {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #budget: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#budget = 4 * bytes.length + 65536;
  }

  /** The table that the file is. Throws ModelError if the bytes are malformed. */
  root(name: string): Table {
    return this.#table(this.#follow(0), name);
  }

  #table(position: number, name: string): Table {
    this.#spend(16, position);
    const vtable = position - Number(this.#scalar('int32', position));
    const size = Number(this.#scalar('uint16', vtable));
    const entries = Object.entries(schema[name]!);
    return Object.fromEntries(
      entries.map(([field, type]) => {
        const slot = 4 + 2 * type.id;
        const offset = slot + 2 <= size ? Number(this.#scalar('uint16', vtable + slot)) : 0;
        return [field, offset ? this.#field(position + offset, type) : type.default];
      }),
    );
  }

  #field(at: number, type: FieldType): unknown {
    if (type.kind === 'scalar') return this.#scalar(type.of, at);
    const target = this.#follow(at);
    if (type.kind === 'table') return this.#table(target, type.of);
    if (type.kind === 'position') return target;
    if (type.kind === 'tables') return this.#tables(target, type.of);
    if (type.kind === 'scalars') return this.#scalars(target, type.of);
    const bytes = this.#vectorBytes(target, 1);
    return type.kind === 'text' ? new TextDecoder().decode(bytes) : bytes;
  }

  /** A table whose type another field tells, at a position that a field of kind `position` gave. */
  tableAt(position: number, name: string): Table {
    return this.#table(position, name);
  }

  #tables(at: number, name: string): Table[] {
    const count = this.#vectorBytes(at, 4).length / 4;
    return Array.from({ length: count }, (_, i) => this.#table(this.#follow(at + 4 + 4 * i), name));
  }

  #scalars(at: number, scalar: Scalar): (number | bigint | boolean)[] {
    const { width, read } = readers[scalar];
    const { length } = this.#vectorBytes(at, width);
    this.#spend(length, at);
    return Array.from({ length: length / width }, (_, i) => read(this.#view, at + 4 + i * width));
  }

  /** The elements of a vector, a view of the file. */
  #vectorBytes(at: number, width: number): Uint8Array {
    const length = Number(this.#scalar('uint32', at)) * width;
    this.#require(at + 4, length);
    return this.#bytes.subarray(at + 4, at + 4 + length);
  }

  #follow(at: number): number {
    return at + Number(this.#scalar('uint32', at));
  }

  #scalar(scalar: Scalar, at: number): number | bigint | boolean {
    const { width, read } = readers[scalar];
    this.#require(at, width);
    return read(this.#view, at);
  }

  #require(at: number, length: number): void {
    if (at >= 0 && at + length <= this.#bytes.length) return;
    throw new ModelError(
      `The TFLite file is malformed: it points to bytes ${at} to ${at + length}, but has ${this.#bytes.length}`,
    );
  }

  #spend(cost: number, at: number): void {
    this.#budget -= cost;
    if (this.#budget >= 0) return;
    throw new ModelError(
      `The TFLite file is malformed: it uses the same bytes again and again, last those at ${at}`,
    );
  }
}
