import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { paired, scoreOf } from '../../bench/quantization-evaluate.ts';
import type { PreparedModel } from '../../bench/quantization-models.ts';
import { NpyFile, writeNpy } from '../../bench/quantization-npy.ts';
import { readNpy } from '../../src/data/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgebook-quant-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, numbers: Float32Array | Int32Array, shape: readonly number[]): string => {
  const path = join(folder, name);
  writeNpy(path, numbers, shape);
  return path;
};

const prepared = (part: Partial<PreparedModel>): PreparedModel => ({
  ...{ name: 'm', kind: 'classification', float: '', calibration: '', test: '', labels: undefined },
  ...part,
});

test('a paired difference counts only samples that changed', () => {
  const a = Uint8Array.of(1, 1, 1, 0, 1, 1, 1, 1, 1, 1);
  const b = Uint8Array.of(1, 0, 0, 1, 1, 1, 1, 1, 1, 1);
  const { difference, half } = paired(a, b);
  expect(difference).toBeCloseTo(0.1, 12);
  // Variance of a difference of -1, 0, 1: mean of squares 0.3 less 0.1^2.
  expect(half).toBeCloseTo(1.959964 * Math.sqrt(0.29 / 10), 6);
  expect(paired(a, a)).toEqual({ difference: 0, half: 0 });
});

test('accuracy is against labels, agreement against the float model; noise is of all outputs', () => {
  const float = { rows: Float32Array.of(3, 1, 0, 2, 5, 4), width: 2 };
  const rounded = { rows: Float32Array.of(3, 1, 2, 0, 5, 4), width: 2 };
  const labels = written('labels.npy', Int32Array.of(0, 0, 1), [3]);
  const classified = scoreOf(rounded, float, prepared({ labels }));
  expect([...classified.right!]).toEqual([1, 1, 0]);
  expect(classified.metric).toBeCloseTo(2 / 3, 12);
  // Signal 9 + 1 + 0 + 4 + 25 + 16, noise 4 + 4.
  expect(classified.sqnr).toBeCloseTo(10 * Math.log10(55 / 8), 5);
  expect([...scoreOf(rounded, float, prepared({ kind: 'agreement' })).right!]).toEqual([1, 0, 1]);
  expect(scoreOf(float, float, prepared({ labels })).sqnr).toBe(Infinity);
});

test('the area under the curve is the share of pairs in the right order', () => {
  const samples = written('test.npy', Float32Array.of(1, 1, 1, 1, 1), [5, 1]);
  const labels = written('unusual.npy', Int32Array.of(0, 1, 0, 1, 1), [5]);
  // Errors 0.01, 0.04, 0.09, 0.16, 0.25: of 6 pairs, only that of the second and third sample is wrong.
  const outputs = { rows: Float32Array.of(0.9, 0.8, 0.7, 0.6, 0.5), width: 1 };
  const { metric, right } = scoreOf(
    outputs,
    outputs,
    prepared({ kind: 'reconstruction', test: samples, labels }),
  );
  expect(metric).toBeCloseTo(5 / 6, 12);
  expect(right).toBeUndefined();
});

test('.npy files are NumPy arrays that can be read in parts', () => {
  const path = written(
    'part.npy',
    Float32Array.from({ length: 12 }, (_, i) => i / 2),
    [4, 1, 3],
  );
  const whole = readNpy(readFileSync(path), path);
  expect([whole.dtype, whole.shape]).toEqual(['float32', [4, 1, 3]]);
  expect([...whole.data]).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5]);
  const file = new NpyFile(path);
  const part = file.read(1, 3);
  file.close();
  expect(part.shape).toEqual([2, 1, 3]);
  expect([...part.data]).toEqual([1.5, 2, 2.5, 3, 3.5, 4]);
});
