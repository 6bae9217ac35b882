import { describe, expect, test } from 'vitest';
import { type AttributeInput, type Dim, formatShape, type Shape, type Value } from '../../../src/ir/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';

type Operand =
  | readonly Dim[]
  | readonly Dim[][]
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] };

/** What the operator makes of float32 inputs of these shapes and of constant operands. */
function inferred(
  op: string,
  inputs: readonly Operand[],
  attributes: Record<string, AttributeInput> = {},
): string {
  const g = createBuilder();
  const values = inputs.map(
    (input, i): Value =>
      'ints' in input
        ? g.int64s(input.ints)
        : 'floats' in input
          ? g.constant('float32', input.floats)
          : g.input(`x${i}`, 'float32', input as Shape),
  );
  return formatShape(g.op(op, values, attributes).shape);
}

const c = (...values: number[]) => ({ ints: values });
const big = 2 ** 53 - 1;
const k3 = { kernel_shape: [3, 3] };

describe('keeps what is known of symbolic and unknown sizes', () => {
  test.each<[string, Operand[], Record<string, AttributeInput>, string]>([
    ['Add', [['N', 3], [3]], {}, '[N, 3]'],
    [
      'Add',
      [
        ['N', 'C'],
        ['N', 1],
      ],
      {},
      '[N, C]',
    ],
    ['Add', [['N'], [4]], {}, '[4]'],
    ['Add', [['N'], ['M']], {}, '[?]'],
    ['Add', [[null], [4]], {}, '[4]'],
    ['Add', [[null], [1]], {}, '[?]'],
    [
      'Conv',
      [
        ['N', 3, 28, 28],
        [8, 3, 3, 3],
      ],
      { pads: [1, 1, 1, 1] },
      '[N, 8, 28, 28]',
    ],
    [
      'Conv',
      [
        ['N', 3, 'H', 'W'],
        [8, 3, 3, 3],
      ],
      { pads: [1, 1, 1, 1] },
      '[N, 8, H, W]',
    ],
    [
      'Conv',
      [
        ['N', 3, 'H', null],
        [8, 3, 3, 3],
      ],
      { auto_pad: 'SAME_UPPER' },
      '[N, 8, H, ?]',
    ],
    [
      'Conv',
      [
        ['N', 3, 'H', 'W'],
        [8, 3, 3, 3],
      ],
      { strides: [2, 1] },
      '[N, 8, ?, ?]',
    ],
    [
      'Conv',
      [
        ['N', 'C', 9, 9],
        ['M', 'D', 3, 3],
      ],
      {},
      '[N, M, 7, 7]',
    ],
    [
      'ConvTranspose',
      [
        ['N', 3, 'H', 5],
        [3, 8, 3, 3],
      ],
      { pads: [1, 1, 1, 1] },
      '[N, 8, H, 5]',
    ],
    ['MaxPool', [['N', 8, 28, 'W']], { ...k3, strides: [2, 2] }, '[N, 8, 13, ?]'],
    ['GlobalAveragePool', [['N', 'C', 'H', 'W']], {}, '[N, C, 1, 1]'],
    [
      'Gemm',
      [
        ['N', 784],
        [10, 784],
      ],
      { transB: 1 },
      '[N, 10]',
    ],
    [
      'MatMul',
      [
        ['B', 'S', 64],
        [64, 10],
      ],
      {},
      '[B, S, 10]',
    ],
    [
      'MatMul',
      [
        ['B', 'S', 64],
        ['B', 64, 'S'],
      ],
      {},
      '[B, S, S]',
    ],
    ['Flatten', [['N', 8, 4, 4]], {}, '[N, 128]'],
    ['Flatten', [['N', 'C', 1, 1]], {}, '[N, C]'],
    ['Flatten', [['N', 'C', 2]], {}, '[N, ?]'],
    ['Reshape', [['N', 8, 4, 4], c(-1, 128)], {}, '[N, 128]'],
    ['Reshape', [['N', 8, 4, 4], c(0, -1)], {}, '[N, 128]'],
    ['Reshape', [[null, 8, 4, 4], c(0, -1)], {}, '[?, 128]'],
    ['Reshape', [['N', 8, 'H', 'W'], c(0, -1, 2)], {}, '[N, ?, 2]'],
    ['Reshape', [['N', 8], c(-1, 4)], {}, '[?, 4]'],
    [
      'Concat',
      [
        ['N', 3],
        ['N', 5],
      ],
      { axis: 1 },
      '[N, 8]',
    ],
    [
      'Concat',
      [
        ['N', 3],
        [2, 5],
      ],
      { axis: 1 },
      '[2, 8]',
    ],
    [
      'Concat',
      [
        ['N', 3],
        [2, 3],
      ],
      { axis: 0 },
      '[?, 3]',
    ],
    ['Transpose', [['N', 3, 'H', 'W']], { perm: [0, 2, 3, 1] }, '[N, H, W, 3]'],
    ['Squeeze', [['N', 1, 1], c(1, 2)], {}, '[N]'],
    ['Squeeze', [['N', 1, 4]], {}, '[...]'],
    ['Pad', [['N', 3, 'H'], c(0, 0, 1, 0, 1, 1)], {}, '[N, 4, ?]'],
    ['Slice', [['N', 'M'], c(0), c(big), c(0)], {}, '[N, M]'],
    ['Slice', [['N', 'M'], c(0), c(2), c(0)], {}, '[?, M]'],
    ['Slice', [['N', 'M'], c(-1), c(-big), c(1), c(-1)], {}, '[N, M]'],
    ['Slice', [['N', 'M'], c(1), c(big), c(0)], {}, '[?, M]'],
    ['Tile', [['N', 3], c(1, 2)], {}, '[N, 6]'],
    ['Tile', [['N', 3], c(2, 1)], {}, '[?, 3]'],
    ['Expand', [['N', 1], c(1, 4)], {}, '[N, 4]'],
    ['ReduceMean', [['N', 8, 'H', 'W'], c(2, 3)], { keepdims: 0 }, '[N, 8]'],
    ['Gather', [['N', 8], c(1, 2)], { axis: 1 }, '[N, 2]'],
    ['LayerNormalization', [['N', 'S', 64], [64]], {}, '[N, S, 64]'],
    ['InstanceNormalization', [['N', null, 'H'], [3], [3]], {}, '[N, 3, H]'],
    ['TopK', [['N', 'C'], c(5)], {}, '[N, 5]'],
    ['DepthToSpace', [['N', 8, 'H', 4]], { blocksize: 2 }, '[N, 2, ?, 8]'],
    ['SpaceToDepth', [['N', 2, 'H', 4]], { blocksize: 2 }, '[N, 8, ?, 2]'],
    ['Resize', [['N', 3, 8, 'W'], [], { floats: [1, 1, 2, 2] }], {}, '[N, 3, 16, ?]'],
    ['Resize', [['N', 3, 8, 'W'], [], [], c(1, 3, 9, 9)], {}, '[1, 3, 9, 9]'],
    [
      'LSTM',
      [
        ['T', 'N', 3],
        [1, 16, 3],
        [1, 16, 4],
      ],
      { hidden_size: 4 },
      '[T, 1, N, 4]',
    ],
    [
      'LSTM',
      [
        ['N', 'T', 3],
        [1, 16, 3],
        [1, 16, 4],
      ],
      { layout: 1 },
      '[N, T, 1, 4]',
    ],
    [
      'Einsum',
      [
        ['N', 'S', 8],
        ['N', 'T', 8],
      ],
      { equation: 'bqd,bkd->bqk' },
      '[N, S, T]',
    ],
    ['GlobalMaxPool', [['N', 'C', 'H', 'W']], {}, '[N, C, 1, 1]'],
    ['GatherND', [['N', 4, 'K'], { ints: [0, 1] }], {}, '[K]'],
  ])('%s %j %o', (op, inputs, attributes, expected) => {
    expect(inferred(op, inputs, attributes)).toBe(expected);
  });

  test('strings, of which onnxruntime-node gives none', () => {
    const g = createBuilder();
    const y = g.op('StringNormalizer', [g.input('x', 'string', [1, 4])], { case_change_action: 'LOWER' });
    expect(String(y.dtype) + formatShape(y.shape)).toBe('string[1, ?]');
    expect(() => g.op('StringNormalizer', [g.input('z', 'string', [])])).toThrow(/rank 1 to 2/);
  });

  test('shapes of which the rank is known only', () => {
    const g = createBuilder();
    const x = g.input('x', 'float32', ['N', 4]);
    const length2 = g.input('shape', 'int64', [2]);
    expect(formatShape(g.op('Reshape', [x, length2]).shape)).toBe('[?, ?]');
    expect(formatShape(g.op('ConstantOfShape', [length2]).shape)).toBe('[?, ?]');
    expect(formatShape(g.op('Unsqueeze', [x, length2]).shape)).toBe('[?, ?, ?, ?]');
    expect(formatShape(g.op('Squeeze', [x, length2]).shape)).toBe('[]');
    expect(formatShape(g.op('Reshape', [x, g.input('any', 'int64', ['K'])]).shape)).toBe('[...]');
    expect(formatShape(g.op('Slice', [x, length2, length2]).shape)).toBe('[?, ?]');
    expect(formatShape(g.op('Slice', [x, length2, length2, g.int64s([1])]).shape)).toBe('[N, ?]');
  });
});
