import { random } from '../../src/random.ts';
import type { FakeStep } from './fake-quantization-step.ts';

export interface FakeCase extends FakeStep {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

type Form = Omit<FakeCase, 'x' | 'dy'> & { readonly spread: number };

/**
 * Scales are powers of two, and numbers multiples of a fraction of them: divisions are exact, and all halves, which both
 * ends of the range have, are met.
 */
const forms: readonly Form[] = [
  activation('uint8 from 0', { dtype: 'uint8', zeroPoint: 0, scale: 2 ** -5 }),
  activation('uint8 about 128', { dtype: 'uint8', zeroPoint: 128, scale: 2 ** -6 }),
  activation('int8 with zero point -3', { dtype: 'int8', zeroPoint: -3, scale: 2 ** -6 }),
  activation('4 bits from 0', { dtype: 'uint8', zeroPoint: 0, scale: 2 ** -2, limits: [0, 15] }),
  activation('4 bits about 8', { dtype: 'uint8', zeroPoint: 8, scale: 2 ** -2, limits: [0, 15] }),
  activation('3 bits', { dtype: 'uint8', zeroPoint: 2, scale: 2 ** -1, limits: [0, 7] }),
  activation('2 bits', { dtype: 'uint8', zeroPoint: 1, scale: 1, limits: [0, 3] }),
  weight('8 bits without -128', { limits: [-127, 127], shape: [4, 2, 3, 3], axis: 0, fraction: 2 ** -5 }),
  weight('4 bits along axis 1', { limits: [-7, 7], shape: [6, 4], axis: 1, fraction: 2 ** -2 }),
  weight('3 bits along the middle', { limits: [-3, 3], shape: [3, 4, 5], axis: 1, fraction: 2 ** -1 }),
  weight('2 bits', { limits: [-1, 1], shape: [4, 9], axis: 0, fraction: 1 }),
  weight('2 bits, one scale', { limits: [-1, 1], shape: [4, 9], axis: undefined, fraction: 1 }),
  weight('4 bits with a zero point a channel', {
    ...{ limits: [-8, 7], shape: [4, 25], axis: 0, fraction: 2 ** -2, zeroPoints: [0, -3, 4, 7] },
  }),
];

function activation(
  name: string,
  {
    dtype,
    zeroPoint,
    scale,
    limits,
  }: Pick<Form, 'dtype'> & {
    zeroPoint: number;
    scale: number;
    limits?: readonly [number, number];
  },
): Form {
  const [min, max] = limits ?? (dtype === 'uint8' ? [0, 255] : [-128, 127]);
  const shape = [4, 3, 5, 6];
  const fixed = { name, dtype, scales: [scale], zeroPoints: [zeroPoint], min, max, shape };
  return { ...fixed, spread: 1.3, ...(limits && { limits }) };
}

function weight(
  name: string,
  {
    limits,
    shape,
    axis,
    fraction,
    zeroPoints,
  }: {
    limits: readonly [number, number];
    shape: number[];
    axis: number | undefined;
    fraction: number;
    zeroPoints?: number[];
  },
): Form {
  const [min, max] = limits;
  const count = axis === undefined ? 1 : shape[axis]!;
  const scales = Array.from({ length: count }, (_, i) => fraction * 2 ** (i - 2));
  const zeros = zeroPoints ?? scales.map(() => 0);
  const fixed = {
    name: `weight of ${name}`,
    dtype: 'int8',
    scales,
    zeroPoints: zeros,
    min,
    max,
    shape,
  } as const;
  return { ...fixed, limits, isWeight: true, spread: 1.3, ...(axis !== undefined && { axis }) };
}

/** Which scale an element has. */
export const channelOf = ({ shape, axis }: Pick<FakeStep, 'shape' | 'axis'>, index: number): number => {
  if (axis === undefined) return 0;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  return Math.floor(index / inner) % shape[axis]!;
};

/** Numbers a little beyond the range on both sides, every second a half between two integers. */
function withNumbers(form: Form, seed: number): FakeCase {
  const source = random(seed);
  const count = form.shape.reduce((a, b) => a * b, 1);
  const x = Array.from({ length: count }, (_, i) => {
    const channel = channelOf(form, i);
    const span = form.max - form.min + 1;
    const middle = (form.max + form.min) / 2 - form.zeroPoints[channel]!;
    const ends = [form.min - 0.5, form.max + 0.5].map((end) => end - form.zeroPoints[channel]!);
    const drawn = middle + (source.uniform() - 0.5) * span * form.spread;
    const ratio = i % 7 < 2 ? ends[i % 7]! : Math.round(drawn * 8) / 8;
    return ratio * form.scales[channel]!;
  });
  return { ...form, x, dy: x.map(() => Math.fround(source.uniform() * 2 - 1)) };
}

export const fakeCases: readonly FakeCase[] = forms.map(withNumbers);
