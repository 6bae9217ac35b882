import { describe, expect, it } from 'vitest';
import { readMessage } from '../../../src/onnx/protobuf-reader.ts';
import { writeMessage } from '../../../src/onnx/protobuf-writer.ts';
import { concat } from '../../../src/onnx/unpack.ts';

const bytes = (...list: number[]) => Uint8Array.from(list);
const tag = (field: number, wire: number) => field * 8 + wire;
const negative = [255, 255, 255, 255, 255, 255, 255, 255, 255, 1];

describe('int64', () => {
  it.each<[number | bigint, number[]]>([
    [0, [0]],
    [127, [127]],
    [128, [128, 1]],
    [-1, negative],
    [2 ** 49, [128, 128, 128, 128, 128, 128, 128, 1]],
    [Number.MAX_SAFE_INTEGER, [255, 255, 255, 255, 255, 255, 255, 15]],
    [2n ** 53n, [128, 128, 128, 128, 128, 128, 128, 16]],
    [2n ** 63n - 1n, [255, 255, 255, 255, 255, 255, 255, 255, 127]],
    [-(2n ** 63n), [128, 128, 128, 128, 128, 128, 128, 128, 128, 1]],
  ])('%s is written and read', (i, varint) => {
    const encoded = concat(writeMessage('AttributeProto', { i }));
    expect([...encoded]).toEqual([tag(3, 0), ...varint]);
    expect(readMessage('AttributeProto', encoded)).toEqual({ i });
  });
});

describe('repeated numbers', () => {
  it('are read whether packed or not', () => {
    const single = bytes(tag(8, 0), 5, tag(8, 0), ...negative);
    const packed = bytes(tag(8, 2), 11, 5, ...negative);
    expect(readMessage('AttributeProto', single).ints).toEqual([5, -1]);
    expect(readMessage('AttributeProto', packed).ints).toEqual([5, -1]);
    const tensor = bytes(tag(5, 0), 1, tag(5, 2), 2, 2, 3, tag(5, 0), ...negative);
    expect(readMessage('TensorProto', tensor).int32_data).toEqual(Int32Array.of(1, 2, 3, -1));
    const floats = bytes(tag(4, 5), 0, 0, 128, 63, tag(4, 2), 4, 0, 0, 0, 64);
    expect(readMessage('TensorProto', floats).float_data).toEqual(Float32Array.of(1, 2));
  });

  it('are written packed where the schema says so', () => {
    const int64_data = BigInt64Array.of(1n, -1n);
    const encoded = concat(writeMessage('TensorProto', { int64_data, dims: [2] }));
    expect([...encoded]).toEqual([tag(1, 0), 2, tag(7, 2), 11, 1, ...negative]);
    expect(readMessage('TensorProto', encoded)).toEqual({ int64_data, dims: [2] });
  });

  it('of 64 bits keep all of them', () => {
    const data = { uint64_data: BigUint64Array.of(2n ** 64n - 1n), double_data: Float64Array.of(0.1) };
    expect(readMessage('TensorProto', concat(writeMessage('TensorProto', data)))).toEqual(data);
  });
});

describe('messages', () => {
  it('that come twice are merged, as protobuf says', () => {
    const both = bytes(tag(7, 2), 3, tag(2, 2), 1, 97, tag(7, 2), 3, tag(10, 2), 1, 98);
    expect(readMessage('ModelProto', both)).toEqual({ graph: { name: 'a', doc_string: 'b' } });
  });

  it('keep the last of several alternatives', () => {
    const dim = bytes(tag(1, 0), 3, tag(2, 2), 1, 78);
    expect(readMessage('Dimension', dim)).toEqual({ dim_param: 'N' });
  });

  it('keep unknown fields, groups included, and write them last', () => {
    const group = [tag(13, 3), tag(1, 0), 1, tag(2, 3), tag(2, 4), tag(13, 4)];
    const unknown = bytes(tag(15, 5), 1, 2, 3, 4, tag(12, 1), 1, 2, 3, 4, 5, 6, 7, 8, ...group, tag(1, 0), 8);
    const message = readMessage('ModelProto', unknown);
    expect(message).toMatchObject({ ir_version: 8, unknown: [{ length: 5 }, { length: 9 }, { length: 6 }] });
    const written = concat(writeMessage('ModelProto', message));
    expect([...written]).toEqual([tag(1, 0), 8, ...unknown.subarray(0, -2)]);
  });

  it('are written in field order, large bytes without copying', () => {
    const raw_data = new Uint8Array(100_000);
    const pieces = writeMessage('TensorProto', {
      raw_data,
      name: 'w',
      data_type: 2,
      unknown: [bytes(120, 1)],
    });
    expect(pieces).toContain(raw_data);
    expect([...pieces[0]!]).toEqual([tag(2, 0), 2, tag(8, 2), 1, 119, tag(9, 2), 160, 141, 6]);
    expect([...pieces.at(-1)!]).toEqual([120, 1]);
  });

  it('of more than one block are whole', () => {
    const list = Array.from({ length: 30_000 }, (_, i) => ({ name: `value ${i} ${'é'.repeat(i % 50)}` }));
    const encoded = concat(writeMessage('GraphProto', { input: list }));
    expect(readMessage('GraphProto', encoded)).toEqual({ input: list });
  });

  it('keep a byte order mark in a string', () => {
    const name = '\ufeffx';
    expect(readMessage('GraphProto', concat(writeMessage('GraphProto', { name })))).toEqual({ name });
  });
});

describe('malformed bytes', () => {
  it.each<[string, number[], RegExp]>([
    [
      'a truncated varint',
      [tag(1, 0), 128],
      /at byte 2 in ModelProto.ir_version, the data must go on, but ends/,
    ],
    [
      'a varint without end',
      [tag(1, 0), ...negative.map(() => 255), 1],
      /a varint must have 10 bytes at most/,
    ],
    [
      'a length past the end',
      [tag(7, 2), 200, 1, 1],
      /ModelProto.graph, a length must be at most the 1 bytes .* is 200/,
    ],
    ['an absurd length', [tag(7, 2), ...negative], /a length must be at most .* is 18446744073709551615/],
    [
      'a field past its message',
      [tag(7, 2), 2, tag(2, 2), 5, 97, 97, 97],
      /ModelProto.graph.name, a length .* 0 bytes/,
    ],
    ['a wrong wire type', [tag(7, 0), 1], /ModelProto.graph, field 7 must have wire type 2, has 0/],
    ['field number 0', [2, 1, 1], /a field number must be from 1/],
    ['an end without group', [tag(13, 4)], /field 13 must have a wire type .* has 4/],
    [
      'a group that ends as another',
      [tag(13, 3), tag(2, 4)],
      /group 13 must end by its own number, ends by 2/,
    ],
    ['wire type 7', [tag(15, 7)], /field 15 must have a wire type .* has 7/],
    ['a string that is not UTF-8', [tag(2, 2), 1, 255], /ModelProto.producer_name, a string must be UTF-8/],
    [
      'bytes of half a float',
      [tag(7, 2), 6, 42, 4, 34, 2, 0, 0],
      /float_data must have a multiple of 4 bytes, has 2/,
    ],
  ])('%s', (_, list, message) => {
    expect(() => readMessage('ModelProto', bytes(...list))).toThrowError(message);
    expect(() => readMessage('ModelProto', bytes(...list))).toThrowError(
      expect.objectContaining({ name: 'ModelError' }),
    );
  });

  it('messages and groups nested too deep', () => {
    let sequence = new Uint8Array();
    for (let i = 0; i < 60; i++) {
      const inner = concat(writeMessage('TypeProto', { unknown: [sequence] }));
      sequence = concat([
        bytes(tag(4, 2)),
        length(inner.length + 1 + length(inner.length).length),
        bytes(tag(1, 2)),
        length(inner.length),
        inner,
      ]) as never;
    }
    expect(() => readMessage('TypeProto', sequence)).toThrowError(/must nest 100 levels at most/);
    const groups = bytes(...Array.from({ length: 200 }, () => tag(13, 3)));
    expect(() => readMessage('ModelProto', groups)).toThrowError(/groups must nest 100 levels at most/);
  });
});

/** A number below 2^14 as a varint. */
const length = (n: number) => (n < 128 ? bytes(n) : bytes((n & 127) | 128, n >> 7));
