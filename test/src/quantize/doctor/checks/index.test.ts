import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checks } from '../../../../../src/quantize/doctor/checks/index.ts';
import type { Evidence } from '../../../../../src/quantize/doctor/evidence.ts';
import type { NormDrift } from '../../../../../src/quantize/doctor/norm-drift.ts';
import { random } from '../../../../../src/random.ts';

const { normal } = random(1);
const settled = (name: string, samples = 64, last = 1) => ({
  name,
  min: new Float32Array(samples),
  max: Float32Array.from({ length: samples }, (_, i) => (i === samples - 1 ? last : 1 - i * 1e-4)),
});
const growing = (name: string, samples: number) => ({
  name,
  min: new Float32Array(samples),
  max: Float32Array.from({ length: samples }, () => Math.exp(3 * normal())),
});
const norm: NormDrift = { node: "BatchNormalization 'n'", shift: 0.02, spread: 1, alive: 64, dead: 0 };
const values = ['a', 'b', 'c', 'd'].map((name) => settled(name));
const input = { name: 'x', min: 0, max: 1, whole: false, mean: 0.13, deviation: 0.3 };
const fine: Evidence = {
  ...{ samples: 64, different: 64, tolerance: 0.05, values, norms: [norm, norm, norm], inputs: [input] },
  unscaledInputs: new Set(['x']),
  standardized: false,
  unsplit: [],
};
const bytes = [{ name: 'x', min: 0, max: 255, whole: true, mean: 33, deviation: 78 }];
const unit = { min: 0, max: 1 };

const find = (name: string, changes: Partial<Evidence>): string | undefined =>
  checks.find((check) => check.name === name)!.find({ ...fine, ...changes });

test('the list has every check of its folder, each in the file of its name', () => {
  const files = readdirSync('src/quantize/doctor/checks').map((file) => file.replace('.ts', ''));
  expect(checks.map(({ name }) => name).toSorted()).toEqual(files.filter((f) => f !== 'index').toSorted());
});

test.each(checks.map(({ name }) => name))('%s is silent where all is well', (name) => {
  expect(find(name, {})).toBeUndefined();
});

const fires: [string, Partial<Evidence>, string][] = [
  ['too-few-samples', { samples: 1 }, 'One sample cannot show'],
  [
    'too-few-samples',
    { samples: 8, values: [growing('a', 8), growing('b', 8), settled('c', 8), settled('d', 8)] },
    'Too few samples: from 4 to 8 of them the ranges of 2 of 4 values still grew by more than 5 %',
  ],
  ['repeated-samples', { different: 16 }, 'Only 16 of the 64 samples are different'],
  [
    'outlier-sample',
    { values: [settled('a', 64, 3), settled('b', 64, 2), settled('c'), settled('d')] },
    'Sample 63 alone makes the ranges of 2 of 4 values wider, by 67 %',
  ],
  ['unnormalized-input', { norms: [{ ...norm, spread: 57.4 }] }, 'sees numbers 57.4 times as spread'],
  ['unnormalized-input', { norms: [{ ...norm, spread: 0.225 }] }, 'sees numbers 1/4.44 as spread'],
  [
    'unnormalized-input',
    { norms: [], inputs: bytes, expectedInput: unit },
    "'x' has 0 to 255, training data lie between 0 and 1",
  ],
  [
    'unnormalized-input',
    { inputs: [{ ...input, max: 1 / 255 }], expectedInput: unit },
    "'x' has 0 to 0.00392, training data lie between 0 and 1",
  ],
  ['unnormalized-input', { norms: [], inputs: bytes }, 'The input looks like raw bytes'],
  [
    'unnormalized-input',
    { norms: [], standardized: true, inputs: [{ ...input, min: -9, max: 31, mean: 6, deviation: 4.5 }] },
    "'x' has mean 6 and deviation 4.5, the training data's normalization makes them about 0 and 1",
  ],
  [
    'out-of-domain',
    { norms: [norm, { ...norm, shift: 1.2 }, { ...norm, spread: 0.4 }] },
    'at 2 of 3 batch normalizations the means are 1.2 deviations away',
  ],
  [
    'dead-channels',
    { norms: [norm, { ...norm, dead: 9 }, norm] },
    "9 of 192 channels varied in training and are constant on the calibration data (BatchNormalization 'n' 9)",
  ],
];

test.each(fires)('%s fires (%#)', (name, changes, message) => {
  expect(find(name, changes)).toContain(message);
});

const silent: [string, string, Partial<Evidence>][] = [
  ['too-few-samples', 'one long tail among many', { values: [...values, growing('e', 64)] }],
  ['repeated-samples', 'a few doubles', { different: 60 }],
  ['outlier-sample', 'one value only', { values: [settled('a', 64, 3), ...values.slice(1)] }],
  [
    'outlier-sample',
    'too few samples to tell',
    { samples: 8, values: values.map((v) => settled(v.name, 8, 3)) },
  ],
  ['unnormalized-input', 'bytes that batch normalization knows', { inputs: bytes }],
  [
    'unnormalized-input',
    'bytes that the model scales itself',
    { norms: [], inputs: bytes, unscaledInputs: new Set() },
  ],
  ['unnormalized-input', 'as recorded', { norms: [], inputs: bytes, expectedInput: { min: 0, max: 255 } }],
  ['unnormalized-input', 'half the contrast', { norms: [{ ...norm, spread: 0.5 }] }],
  [
    'unnormalized-input',
    'the normalization of another data set',
    { norms: [], standardized: true, inputs: [{ ...input, mean: -0.4, deviation: 0.9 }] },
  ],
  [
    'too-few-samples',
    'long tails of less than half of the values',
    { values: [...values, growing('e', 64), growing('f', 64), growing('g', 64)] },
  ],
  ['out-of-domain', 'no memory to compare with', { norms: [] }],
  ['out-of-domain', 'one layer of three', { norms: [norm, norm, { ...norm, shift: 2 }] }],
  ['out-of-domain', 'explained by the scale', { norms: [{ ...norm, spread: 200, shift: 90 }] }],
  ['dead-channels', 'a single one', { norms: [{ ...norm, dead: 1 }] }],
];

test.each(silent)('%s is silent: %s', (name, _, changes) => {
  expect(find(name, changes)).toBeUndefined();
});
