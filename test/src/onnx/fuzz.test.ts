import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/errors.ts';
import { check, print } from '../../../src/ir/index.ts';
import { readModel, writeModel } from '../../../src/onnx/index.ts';
import { everything, nested, small, toBytes } from './sample-models.ts';

const samples = Object.entries({ small, nested, everything }).map(
  ([name, make]) => [name, toBytes(make())] as const,
);

describe.each(samples)('%s, damaged', (_, original) => {
  it('at any length is refused or read', () => {
    const step = Math.ceil(original.length / 500);
    for (let end = 0; end < original.length; end += step) survives(original.subarray(0, end));
  });

  it('by a thousand seeded mutations is refused or read', () => {
    const random = generator(42);
    let refused = 0;
    for (let i = 0; i < 1000; i++) if (!survives(mutate(original, random))) refused++;
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(1000);
  });
});

/** True if the bytes are read; what is read can then be printed, checked, and written so that it stays the same. */
function survives(bytes: Uint8Array): boolean {
  const model = modelErrorOr(() => readModel(bytes));
  if (!model) return false;
  expect(print(model)).toMatch(/^model ir_version/);
  const written = writeModel(model);
  expect(writeModel(readModel(written))).toEqual(written);
  modelErrorOr(() => check(model));
  return true;
}

function modelErrorOr<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    return undefined;
  }
}

/** One to four changes: a bit flips, a byte gets an extreme value, a stretch is cut out or doubled. */
function mutate(original: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = Buffer.from(original);
  for (let i = random(4); i >= 0; i--) {
    const at = random(bytes.length);
    const stretch = bytes.subarray(at, at + 1 + random(20));
    const kind = random(4);
    if (kind === 0) bytes[at]! ^= 1 << random(8);
    if (kind === 1) bytes[at] = [0, 127, 128, 255][random(4)]!;
    if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + stretch.length)]);
    if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), stretch, bytes.subarray(at)]);
  }
  return bytes;
}

/** Mulberry32: integers from 0 to below `below`. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
