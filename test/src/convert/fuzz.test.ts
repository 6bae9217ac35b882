import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readSafetensors, readTfjs, readTflite } from '../../../src/convert/index.ts';
import { readNpz } from '../../../src/data/index.ts';
import { ModelError, UsageError } from '../../../src/errors.ts';
import { check, type Model, print, Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { random } from '../../../src/random.ts';
import { oneOperator } from './tfjs/graph-file.ts';
import { cases as tfjsCases } from './tfjs/operator-cases.ts';
import { smallLayersFile } from './tfjs/small-layers.ts';
import { modelOf, cases as tfliteCases } from './tflite/operator-cases.ts';
import { writeTflite } from './tflite/write-tflite.ts';
import { npzFile, safetensorsFile } from './weights/files.ts';

/** A damaged file must not take longer (milliseconds, with room for a busy machine), nor more memory (bytes). */
const longest = 10_000;
const most = 256e6;

/** True if the file is read: then the model keeps the rules, and can be printed and written. Else it must be a ModelError or UsageError. */
function survives(read: () => Model | unknown): boolean {
  const start = performance.now();
  const memory = process.memoryUsage().arrayBuffers;
  const value = modelErrorOr(read);
  if (isModel(value)) {
    check(value);
    expect(print(value)).toMatch(/^model ir_version/);
    expect(writeModel(value).length).toBeLessThan(most);
  }
  expect(performance.now() - start).toBeLessThan(longest);
  expect(process.memoryUsage().arrayBuffers - memory).toBeLessThan(most);
  return value !== undefined;
}

function modelErrorOr<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    const typed = error instanceof ModelError || error instanceof UsageError;
    expect(typed, (error as Error).stack).toBe(true);
    expect((error as Error).message.length).toBeGreaterThan(10);
    return undefined;
  }
}

const isModel = (value: unknown): value is Model =>
  typeof value === 'object' && value !== null && 'graph' in value;

/** One to three changes: a bit flips, a byte gets an extreme value, a stretch is cut out or doubled, four bytes a large number. */
function mutate(original: Uint8Array, source: ReturnType<typeof random>): Uint8Array {
  let bytes = Buffer.from(original);
  for (let i = source.integer(3); i >= 0; i--) {
    const at = source.integer(bytes.length);
    const stretch = bytes.subarray(at, at + 1 + source.integer(20));
    const kind = source.integer(5);
    if (kind === 0) bytes[at]! ^= 1 << source.integer(8);
    if (kind === 1) bytes[at] = [0, 127, 128, 255][source.integer(4)]!;
    if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + stretch.length)]);
    if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), stretch, bytes.subarray(at)]);
    if (kind === 4 && at + 4 <= bytes.length)
      bytes.writeInt32LE([2 ** 31 - 1, -1, 2 ** 24, -(2 ** 31)][source.integer(4)]!, at);
  }
  return bytes;
}

/** Changes values of a JSON tree: other types, extreme numbers, missing members. The text stays JSON, so that what follows is tried. */
function mutateJson(json: unknown, source: ReturnType<typeof random>): unknown {
  const copy = structuredClone(json);
  const places: [Record<string, unknown>, string][] = [];
  const pending: unknown[] = [copy];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    for (const key of Object.keys(next)) {
      places.push([next as Record<string, unknown>, key]);
      pending.push((next as Record<string, unknown>)[key]);
    }
  }
  const values = [
    null,
    -1,
    0,
    1.5,
    2 ** 31,
    1e300,
    '',
    'x',
    '-1',
    [],
    {},
    true,
    [[]],
    'constructor',
    '__proto__',
  ];
  for (let i = source.integer(3); i >= 0; i--) {
    const [holder, key] = places[source.integer(places.length)]!;
    if (source.integer(4) === 0) delete holder[key];
    else holder[key] = structuredClone(values[source.integer(values.length)]);
  }
  return JSON.parse(JSON.stringify(copy));
}

function tally(count: number, attempt: (i: number) => boolean): number {
  let refused = 0;
  for (let i = 0; i < count; i++) if (!attempt(i)) refused++;
  return refused;
}

const fixtures = ['dense-int8', 'mixed-int8', 'mixed-dynamic', 'mixed-fp16', 'mixed-int16'].map((name) =>
  readFileSync(`test/fixtures/tflite/${name}.tflite`),
);

describe('TFLite files, damaged', { timeout: 120_000 }, () => {
  it('by 1000 seeded mutations of small ones', () => {
    const source = random(42);
    const originals = tfliteCases.map((one) => writeTflite(modelOf(one)));
    const refused = tally(1000, (i) => {
      const bytes = mutate(originals[i % originals.length]!, source);
      return survives(() => readTflite(bytes).model);
    });
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(1000);
  });

  it('by 500 seeded mutations of those that TensorFlow made', () => {
    const source = random(43);
    const refused = tally(500, (i) => {
      const bytes = mutate(fixtures[i % fixtures.length]!, source);
      return survives(() => readTflite(bytes, { interface: i % 2 ? 'quantized' : 'float' }).model);
    });
    expect(refused).toBeGreaterThan(50);
    expect(refused).toBeLessThan(500);
  });

  it('at any length', () => {
    const [original] = fixtures;
    for (let end = 0; end < original!.length; end += 61)
      survives(() => readTflite(original!.subarray(0, end)).model);
  });

  it('that lead to the same tables again and again stop early', () => {
    // Every vector of subgraphs, tensors, ... leads to itself.
    const bytes = new Uint8Array(4096);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 64, true);
    bytes.set(Buffer.from('TFL3'), 4);
    view.setUint16(16, 20, true);
    for (let slot = 0; slot < 8; slot++) view.setUint16(20 + 2 * slot, 4, true);
    view.setInt32(64, 64 - 16, true);
    view.setUint32(68, 60, true);
    view.setUint32(128, 900, true);
    for (let i = 0; i < 900; i++) view.setUint32(132 + 4 * i, (64 - 132 - 4 * i) >>> 0, true);
    expect(survives(() => readTflite(bytes).model)).toBe(false);
  });
});

describe('tfjs models, damaged', { timeout: 120_000 }, () => {
  it('by 1000 seeded mutations of graph models', () => {
    const source = random(44);
    const originals = tfjsCases.map((one) => oneOperator(one));
    const refused = tally(1000, (i) => {
      const { json, weights } = originals[i % originals.length]!;
      const changed = mutateJson(json, source);
      const bytes = i % 5 ? weights : mutate(Buffer.concat([weights, Buffer.alloc(1)]), source);
      return survives(() => readTfjs(changed, bytes).model);
    });
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(1000);
  });

  it('by 1000 seeded mutations of a layers model', async () => {
    const source = random(45);
    const { json, weights } = await smallLayersFile();
    const refused = tally(1000, () => {
      const changed = mutateJson(json, source);
      return survives(() => readTfjs(changed, weights).model);
    });
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(1000);
  });
});

describe('files of weights, damaged', () => {
  const tensors = new Map<string, Tensor>([
    ['a', Tensor.of('float32', [1, 2, 3, 4, 5, 6], [2, 3])],
    ['b', Tensor.of('int64', [7, 8])],
  ]);

  it.each([
    ['safetensors', readSafetensors, safetensorsFile(tensors)],
    ['npz, stored', readNpz, npzFile(tensors)],
    ['npz, deflated', readNpz, npzFile(tensors, deflateRawSync)],
  ] as const)('%s, by 500 seeded mutations', (_, read, original) => {
    const source = random(46);
    const refused = tally(500, () => {
      const bytes = mutate(original, source);
      return survives(() => read(bytes, 'w.npz'));
    });
    expect(refused).toBeGreaterThan(50);
    expect(refused).toBeLessThan(500);
  });
});
