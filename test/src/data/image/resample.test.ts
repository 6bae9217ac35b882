import { describe, expect, test } from 'vitest';
import { resampleInto } from '../../../../src/data/image/resample.ts';
import type { Resampling } from '../../../../src/data/index.ts';
import { random } from '../../../../src/random.ts';
import golden from '../../../fixtures/data/pillow.json' with { type: 'json' };

interface Case {
  readonly from: readonly [height: number, width: number];
  readonly to: readonly [height: number, width: number];
}

const cases: Case[] = [
  { from: [15, 20], to: [6, 7] },
  { from: [15, 20], to: [5, 5] },
  { from: [6, 7], to: [15, 20] },
  { from: [9, 9], to: [9, 9] },
  { from: [30, 8], to: [4, 16] },
  { from: [1, 1], to: [3, 3] },
];

const picture = ([height, width]: Case['from']): Uint8Array => {
  const source = random(3);
  return Uint8Array.from({ length: height * width * 3 }, () => source.integer(256));
};

function resampled({ from, to }: Case, resampling: Resampling, crop = false): Uint8Array {
  const out = new Uint8Array(3 * to[0] * to[1]);
  const source = { data: picture(from), height: from[0], width: from[1], channels: 3 };
  resampleInto(out, source, { height: to[0], width: to[1], resampling, crop });
  return out;
}

/** The same by its definition: an integral over the plane, with the kernel sampled finely. */
function byDefinition({ from, to }: Case, weight: (distance: number, step: number) => number): Float64Array {
  const data = picture(from);
  const axis = (length: number, size: number) =>
    Array.from({ length: size }, (_, i) => {
      const step = length / size;
      const line = Array.from({ length }, (_, k) => weight(k + 0.5 - (i + 0.5) * step, step));
      const sum = line.reduce((a, b) => a + b, 0);
      return line.map((w) => w / sum);
    });
  const [down, across] = [axis(from[0], to[0]), axis(from[1], to[1])];
  return Float64Array.from({ length: 3 * to[0] * to[1] }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (to[0] * to[1])), Math.floor(i / to[1]) % to[0], i % to[1]];
    let sum = 0;
    for (let v = 0; v < from[0]; v++)
      for (let u = 0; u < from[1]; u++)
        sum += down[y]![v]! * across[x]![u]! * data[(v * from[1] + u) * 3 + c]!;
    return sum;
  });
}

/** The part of a unit pixel at a distance that lies within half a step of the centre. */
const covered = (distance: number, step: number): number =>
  Math.max(0, Math.min(distance + 0.5, step / 2) - Math.max(distance - 0.5, -step / 2));

const kernels = {
  bilinear: (distance: number, step: number) => Math.max(0, 1 - Math.abs(distance) / Math.max(1, step)),
  area: covered,
};

describe.each(cases)('$from to $to', (sizes) => {
  test.each(['bilinear', 'area'] as const)('%s', (resampling) => {
    const wanted = byDefinition(sizes, kernels[resampling]);
    resampled(sizes, resampling).forEach((value, i) => {
      expect(Math.abs(value - wanted[i]!)).toBeLessThanOrEqual(0.501);
    });
  });
});

test('an image of the same size stays as it is', () => {
  const same: Case = { from: [9, 9], to: [9, 9] };
  for (const resampling of ['bilinear', 'area', 'nearest'] as const) {
    const planar = [0, 1, 2].flatMap((c) => [...picture([9, 9])].filter((_, i) => i % 3 === c));
    expect([...resampled(same, resampling)]).toEqual(planar);
  }
});

test('area over whole factors is the mean of blocks', () => {
  const data = Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70);
  const out = new Uint8Array(2);
  const source = { data, height: 2, width: 4, channels: 1 };
  resampleInto(out, source, { height: 1, width: 2, resampling: 'area', crop: false });
  expect([...out]).toEqual([25, 45]);
});

test('crop takes the centre in the proportions of the result', () => {
  // 2 rows of 6: the centre 2 x 2 is columns 2 and 3.
  const data = Uint8Array.of(1, 2, 30, 40, 5, 6, 7, 8, 50, 60, 9, 9);
  const out = new Uint8Array(4);
  const source = { data, height: 2, width: 6, channels: 1 };
  resampleInto(out, source, { height: 2, width: 2, resampling: 'bilinear', crop: true });
  expect([...out]).toEqual([30, 40, 50, 60]);
});

test.each(golden)('bilinear to $size is that of Pillow', ({ size, values }) => {
  const [height = 0, width = 0] = size;
  const data = Uint8Array.from({ length: 15 * 20 * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 60), Math.floor(i / 3) % 20, i % 3];
    return (x * 37 + y * 91 + c * 53 + x * y * 7) % 256;
  });
  const out = new Uint8Array(3 * height * width);
  const source = { data, height: 15, width: 20, channels: 3 };
  resampleInto(out, source, { height, width, resampling: 'bilinear', crop: false });
  values.forEach((value, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    // Pillow rounds between its two passes.
    expect(Math.abs(out[channel * height * width + pixel]! - value)).toBeLessThanOrEqual(1);
  });
});
