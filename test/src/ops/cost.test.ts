import { describe, expect, test } from 'vitest';
import { infer, opOf } from '../../../src/ops/index.ts';
import { fed, type OpCase, oneNode } from '../../support/one-node.ts';
import { opCases } from './cases/index.ts';
import { quantizedCases } from './cases/quantized.ts';

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

/** Operators with several forms: the macs of loops, written out. */
const products: [OpCase, number][] = [
  [
    {
      op: 'LSTM',
      inputs: [
        [5, 2, 3],
        [1, 16, 3],
        [1, 16, 4],
      ],
      attributes: { hidden_size: 4 },
    },
    5 * 2 * 4 * 4 * (3 + 4),
  ],
  [
    {
      op: 'GRU',
      inputs: [
        [5, 2, 3],
        [2, 12, 3],
        [2, 12, 4],
      ],
      attributes: { hidden_size: 4, direction: 'bidirectional' },
    },
    2 * 5 * 2 * 3 * 4 * (3 + 4),
  ],
  [
    {
      op: 'RNN',
      inputs: [
        [5, 2, 3],
        [1, 4, 3],
        [1, 4, 4],
      ],
      attributes: { hidden_size: 4 },
    },
    5 * 2 * 4 * (3 + 4),
  ],
  [
    {
      op: 'Einsum',
      inputs: [
        [5, 3],
        [3, 4],
      ],
      attributes: { equation: 'ij,jk->ik' },
    },
    5 * 3 * 4,
  ],
  [
    { op: 'Einsum', inputs: [[2, 5, 3], [3, 4], [4]], attributes: { equation: 'bij,jk,k->bi' } },
    2 * 5 * 3 * 4 + 2 * 5 * 4,
  ],
  [{ op: 'Einsum', inputs: [[5, 3]], attributes: { equation: 'ij->ji' } }, 0],
  [
    {
      op: 'Attention',
      inputs: [
        [2, 3, 4, 8],
        [2, 3, 6, 8],
        [2, 3, 6, 5],
      ],
    },
    2 * 3 * 4 * 6 * (8 + 5),
  ],
  [
    {
      op: 'Attention',
      inputs: [
        [2, 4, 24],
        [2, 6, 24],
        [2, 6, 15],
      ],
      attributes: { q_num_heads: 3, kv_num_heads: 3 },
    },
    2 * 3 * 4 * 6 * (8 + 5),
  ],
  [
    {
      op: 'Attention',
      domain: 'com.microsoft',
      inputs: [
        [2, 3, 8],
        [8, 24],
      ],
      attributes: { num_heads: 2 },
    },
    2 * 3 * 8 * 24 + 2 * 3 * 3 * (8 + 8),
  ],
  [
    {
      op: 'MultiHeadAttention',
      domain: 'com.microsoft',
      inputs: [
        [2, 3, 8],
        [2, 5, 8],
        [2, 5, 6],
      ],
    },
    2 * 3 * 5 * (8 + 6),
  ],
  [
    { op: 'MatMulNBits', domain: 'com.microsoft', inputs: [[2, 3, 32]], attributes: { K: 32, N: 8 } },
    2 * 3 * 32 * 8,
  ],
  [
    {
      op: 'FusedMatMul',
      domain: 'com.microsoft',
      inputs: [
        [5, 3, 2],
        [5, 4, 3],
      ],
      attributes: { transA: 1, transB: 1 },
    },
    5 * 2 * 3 * 4,
  ],
];

/** Every operator of integers costs what its float form does. */
const integers: [string, OpCase, OpCase][] = [
  [
    'Conv',
    {
      op: 'Conv',
      inputs: [
        [1, 4, 8, 7],
        [4, 2, 3, 3],
      ],
      attributes: { group: 2 },
    },
    {
      op: 'ConvInteger',
      inputs: [fed('uint8', 1, 4, 8, 7), fed('uint8', 4, 2, 3, 3)],
      attributes: { group: 2 },
    },
  ],
  [
    'MatMul',
    {
      op: 'MatMul',
      inputs: [
        [5, 2, 3],
        [3, 4],
      ],
    },
    { op: 'MatMulInteger', inputs: [fed('uint8', 5, 2, 3), fed('uint8', 3, 4)] },
  ],
];

describe('multiply-accumulates of recurrent, attention and fused operators', () => {
  test.each(products)('%j', (c, macs) => {
    expect(costOf(c).macs).toBe(macs);
  });

  test.each(integers)('%s of integers', (_, floats, ints) => {
    expect(costOf(ints).macs).toBe(costOf(floats).macs);
    expect(costOf(ints).bytes).toBeLessThan(costOf(floats).bytes);
  });

  test('quantized operators count those of their float form', () => {
    for (const c of quantizedCases.filter(isPlainProduct)) expect(costOf(c).macs, c.op).toBe(macsOfFloats(c));
  });
});

const isPlainProduct = ({ op, attributes }: OpCase): boolean =>
  /^QLinear(Conv|MatMul)$|^QGemm$/.test(op) && !attributes?.channels_last;

/** The same node on floats, without scales and zero points. */
function macsOfFloats({ op, inputs, attributes = {} }: OpCase): number {
  const shapes = [0, 3].map((i) => (inputs[i] as { shape: readonly number[] }).shape);
  const floatOp = op === 'QGemm' ? 'Gemm' : op.replace('QLinear', '');
  return costOf({ op: floatOp, inputs: shapes, attributes }).macs;
}

test('every operator can be costed', () => {
  for (const c of opCases) {
    const { macs, bytes } = costOf(c);
    expect(macs >= 0 && bytes >= 0, c.op).toBe(true);
  }
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
