import { describe, expect, test } from 'vitest';
import { backward } from '../../../src/autodiff/index.ts';
import { float, type GraphBuilder, type Value } from '../../../src/ir/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';

type Write = (g: GraphBuilder, x: Value) => Value;

/** Asks for the gradient of the sum of what `write` makes of an input x of this shape. */
function differentiate(shape: number[], write: Write): void {
  const g = createBuilder();
  const x = g.input('x', 'float32', shape);
  backward(g, g.op('ReduceSum', [write(g, x)], { keepdims: 0 }), [x]);
}

const lstm =
  (attributes: object, more: Value[] = []): Write =>
  (g, x) =>
    g.op(
      'LSTM',
      [x, g.input('w', 'float32', [1, 16, 3]), g.input('r', 'float32', [1, 16, 4]), undefined, ...more],
      { hidden_size: 4, ...attributes },
    );

const transposed =
  (attributes: object): Write =>
  (g, x) =>
    g.op('ConvTranspose', [x, g.input('w', 'float32', [2, 3, 3, 3])], { strides: [2, 2], ...attributes });

const resize =
  (attributes: object): Write =>
  (g, x) =>
    g.op('Resize', [x, undefined, undefined, g.int64s([1, 2, 8, 8])], { mode: 'linear', ...attributes });

describe('a gradient without formulas is refused, naming operator, node and reason', () => {
  test.each<[string, number[], Write, RegExp]>([
    [
      'rounding',
      [3],
      (g, x) => g.op('Floor', [x]),
      /Floor 'Floor_\d+' has no gradient: .*Freeze .* or replace/,
    ],
    ['ConvTranspose of a size', [1, 2, 4, 4], transposed({ output_shape: [8, 8] }), /explicit pads only/],
    ['ConvTranspose that pads itself', [1, 2, 4, 4], transposed({ auto_pad: 'SAME_UPPER' }), /explicit pads/],
    [
      'ConvTranspose with wide output padding',
      [1, 2, 4, 4],
      transposed({ strides: [1, 1], dilations: [2, 2], output_padding: [1, 1] }),
      /output_padding below its stride/,
    ],
    ['Hardmax', [2, 3], (g, x) => g.op('Hardmax', [x]), /Hardmax 'Hardmax_\d+' has no gradient/],
    ['antialiased Resize', [1, 2, 4, 4], resize({ antialias: 1 }), /without antialias only/],
    ['Resize that leaves samples out', [1, 2, 4, 4], resize({ exclude_outside: 1 }), /exclude_outside/],
    [
      'Resize of a region',
      [1, 2, 4, 4],
      resize({ coordinate_transformation_mode: 'tf_crop_and_resize' }),
      /no gradient for coordinate_transformation_mode tf_crop_and_resize/,
    ],
    ['LSTM that clips', [5, 2, 3], lstm({ clip: float(1) }), /LSTM 'LSTM_\d+' has no gradient with clip/],
    [
      'LSTM of odd activations',
      [5, 2, 3],
      lstm({ activations: ['Sigmoid', 'Relu', 'Tanh'] }),
      /activations Sigmoid, Tanh, Tanh only, has Sigmoid, Relu, Tanh/,
    ],
    [
      'Einsum with dots',
      [2, 3],
      (g, x) => g.op('Einsum', [x], { equation: '...i->...' }),
      /without '\.\.\.'/,
    ],
    [
      'Einsum of a diagonal',
      [3, 3],
      (g, x) => g.op('Einsum', [x], { equation: 'ii->i' }),
      /repeats in one operand/,
    ],
    [
      'ScatterND that multiplies',
      [4],
      (g, x) =>
        g.op('ScatterND', [x, g.constant('int64', [1], [1, 1]), g.constant('float32', [2])], {
          reduction: 'mul',
        }),
      /reductions none and add only, not for mul/,
    ],
    [
      'GatherND of batches',
      [2, 3],
      (g, x) => g.op('GatherND', [x, g.constant('int64', [0, 1], [2, 1])], { batch_dims: 1 }),
      /batch_dims 0 only/,
    ],
  ])('%s', (_, shape, write, says) => {
    expect(() => differentiate(shape, write)).toThrow(says);
  });

  test('an output that the gradient does not cover must not reach the loss', () => {
    const write: Write = (g, x) => {
      const [y, mean] = g.node('LayerNormalization', [x, g.input('s', 'float32', [4])], {}, 2);
      return g.op('Add', [y!, mean!]);
    };
    expect(() => differentiate([3, 4], write)).toThrow(
      /its first output only, but another one reaches the loss/,
    );
  });

  test('sequence lengths', () => {
    const write: Write = (g, x) => lstm({}, [g.constant('int32', [5, 3])])(g, x);
    expect(() => differentiate([5, 2, 3], write)).toThrow(/no gradient with sequence lengths/);
  });
});
