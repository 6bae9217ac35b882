import { describe, expect, test } from 'vitest';
import { infer, opOf } from '../../../src/ops/index.ts';
import { type OpCase, oneNode } from '../../support/one-node.ts';

/** Macs and bytes of one call, its outputs typed by inference. */
function costOf(c: OpCase, form?: Parameters<typeof oneNode>[1]) {
  const { node } = oneNode(c, form);
  infer(node).forEach((type, i) => {
    node.output(i).type = type;
  });
  return opOf(node)!.cost(node);
}

interface Convolution {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly group?: number;
  readonly stride?: number;
  readonly pad?: number;
  readonly dilation?: number;
}

/** Counts multiplications by doing a convolution over a padded input, one by one. */
function countConvolution({ x, w, group = 1, stride = 1, pad = 0, dilation = 1 }: Convolution): number {
  let count = 0;
  const [n, channels, height, width] = x as [number, number, number, number];
  const [m, , kh, kw] = w as [number, number, number, number];
  const last = (size: number, k: number) => size + 2 * pad - dilation * (k - 1) - 1;
  for (let image = 0; image < n; image++)
    for (let out = 0; out < m; out++)
      for (let row = 0; row <= last(height, kh); row += stride)
        for (let column = 0; column <= last(width, kw); column += stride)
          for (let c = 0; c < channels; c++)
            if (Math.floor((c * group) / channels) === Math.floor((out * group) / m)) count += kh * kw;
  return count;
}

/** Counts multiplications by scattering every input element through the kernel. */
function countTransposed({ x, w, group = 1 }: Convolution): number {
  let count = 0;
  const [n, channels, height, width] = x as [number, number, number, number];
  const [, perGroup, kh, kw] = w as [number, number, number, number];
  const m = perGroup * group;
  for (let pixel = 0; pixel < n * height * width; pixel++)
    for (let c = 0; c < channels; c++)
      for (let out = 0; out < m; out++)
        if (Math.floor((c * group) / channels) === Math.floor((out * group) / m)) count += kh * kw;
  return count;
}

describe('multiply-accumulates equal those of loops', () => {
  test.each<Convolution>([
    { x: [2, 3, 8, 7], w: [4, 3, 3, 3], pad: 1 },
    { x: [1, 4, 9, 9], w: [6, 2, 3, 2], group: 2, stride: 2 },
    { x: [1, 4, 9, 8], w: [8, 1, 3, 3], group: 4, dilation: 2, pad: 2 },
  ])('Conv %o', (c) => {
    const { x, w, group = 1, stride = 1, pad = 0, dilation = 1 } = c;
    const attributes = {
      group,
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      dilations: [dilation, dilation],
    };
    expect(costOf({ op: 'Conv', inputs: [x, w], attributes }).macs).toBe(countConvolution(c));
  });

  test.each<Convolution>([
    { x: [2, 4, 5, 6], w: [4, 3, 3, 3] },
    { x: [1, 4, 5, 5], w: [4, 3, 2, 3], group: 2 },
  ])('ConvTranspose %o', (c) => {
    const attributes = { group: c.group ?? 1, strides: [2, 2] };
    expect(costOf({ op: 'ConvTranspose', inputs: [c.x, c.w], attributes }).macs).toBe(countTransposed(c));
  });

  test.each([
    [[5, 3], [3, 4], {}],
    [[3, 5], [3, 4], { transA: 1 }],
    [[5, 3], [4, 3], { transB: 1 }],
  ])('Gemm %j %j %o', (a, b, attributes) => {
    expect(costOf({ op: 'Gemm', inputs: [a, b], attributes }).macs).toBe(5 * 3 * 4);
  });

  test.each([
    [[5, 3], [3, 4], 5 * 3 * 4],
    [[6, 1, 5, 3], [2, 3, 4], 6 * 2 * 5 * 3 * 4],
    [[3], [3], 3],
    [[2, 5, 3], [3], 2 * 5 * 3],
    [[3], [2, 3, 4], 2 * 3 * 4],
  ])('MatMul %j %j', (a, b, macs) => {
    expect(costOf({ op: 'MatMul', inputs: [a, b] }).macs).toBe(macs);
  });
});

test('a symbolic batch costs as one sample', () => {
  const c: OpCase = {
    op: 'Conv',
    inputs: [
      [8, 3, 8, 8],
      [4, 3, 3, 3],
    ],
  };
  const batch = { dim: (size: number, axis: number, index: number) => (axis + index ? size : 'N') };
  expect(costOf(c, batch).macs * 8).toBe(costOf(c).macs);
});

test('bytes are those of all inputs and outputs', () => {
  const bytes = 4 * (2 * 3 + 3 * 5 + 5 + 2 * 5);
  expect(costOf({ op: 'Gemm', inputs: [[2, 3], [3, 5], [5]] }).bytes).toBe(bytes);
  expect(costOf({ op: 'Cast', inputs: [[2, 3]], attributes: { to: 3 } })).toEqual({
    macs: 0,
    bytes: 6 * 4 + 6,
  });
});

test('work of unknown rank is refused, not guessed', () => {
  const c: OpCase = { op: 'Relu', inputs: [[2, 3]] };
  expect(() => costOf(c, { unranked: true })).toThrow(/must know the rank of 'x0'/);
});
