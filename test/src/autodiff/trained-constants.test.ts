import { expect, test } from 'vitest';
import { trainedConstants } from '../../../src/autodiff/trained-constants.ts';
import { type GraphBuilder, product, Tensor, type Value } from '../../../src/ir/index.ts';
import { batchNormalization, conv2d, sequential } from '../../../src/layers/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';

type Constant = (name: string, ...shape: number[]) => Value;

/** Sorted names of what is trained in the graph that `write` writes from x [N, 3, 4, 4]. */
function trained(write: (g: GraphBuilder, x: Value, constant: Constant) => Value): string[] {
  const g = createBuilder();
  const constant: Constant = (name, ...shape) =>
    g.initializer(name, Tensor.of('float32', new Float32Array(product(shape)).fill(1), shape));
  g.output(write(g, g.input('x', 'float32', ['N', 3, 4, 4]), constant), 'y');
  return trainedConstants(g.graph)
    .parameters.map((value) => value.name)
    .toSorted();
}

test('weights of a single number are trained where the operator says that they are learned', () => {
  const { graph } = sequential([1, 4, 4], [conv2d(1, 1), batchNormalization()]);
  const { parameters, buffers } = trainedConstants(graph);
  expect(parameters.map((value) => value.name)).toEqual([
    ...['conv1.weight', 'conv1.bias', 'norm1.weight', 'norm1.bias'],
  ]);
  expect(buffers.map((value) => value.name)).toEqual(['norm1.running_mean', 'norm1.running_var']);
});

test('constants before the first weights normalize the data and stay', () => {
  const names = trained((g, x, constant) => {
    const centred = g.op('Sub', [g.op('Div', [x, constant('range')]), constant('mean', 1, 3, 1, 1)]);
    const scaled = g.op('Add', [
      g.op('Mul', [centred, constant('inverse', 3, 1, 1)]),
      constant('shift', 3, 1, 1),
    ]);
    const h = g.op('Conv', [scaled, constant('w', 2, 3, 1, 1)]);
    const affine = g.op('Add', [g.op('Mul', [h, constant('gain', 2, 1, 1)]), constant('bias', 2, 1, 1)]);
    return g.op('Mul', [affine, constant('half')]);
  });
  expect(names).toEqual(['bias', 'gain', 'w']);
});

test('a single number added right behind weights of one channel is a bias, elsewhere a constant', () => {
  const names = trained((g, x, constant) => {
    const one = g.op('Add', [g.op('MatMul', [x, constant('v', 4, 1)]), constant('bias', 1)]);
    const conv = g.op('Add', [constant('channel', 1, 1, 1), g.op('Conv', [one, constant('w', 1, 3, 1, 1)])]);
    const many = g.op('Add', [g.op('MatMul', [conv, constant('u', 1, 5)]), constant('epsilon', 1)]);
    return g.op('Add', [g.op('Relu', [many]), constant('one', 1)]);
  });
  expect(names).toEqual(['bias', 'channel', 'u', 'v', 'w']);
});

test('weights that go through other operators first are trained', () => {
  const names = trained((g, x, constant) =>
    g.op('MatMul', [x, g.op('Transpose', [constant('w', 5, 4)], { perm: [1, 0] })]),
  );
  expect(names).toEqual(['w']);
});

test('what only makes the factors of Resize is not trained, what also makes weights is', () => {
  const names = trained((g, x, constant) => {
    const weights = g.op('Concat', [constant('w', 2, 4), constant('v', 2, 4)], { axis: 0 });
    const h = g.op('MatMul', [x, g.op('Transpose', [weights], { perm: [1, 0] })]);
    const factors = g.op('Concat', [constant('one', 2), constant('two', 2)], { axis: 0 });
    return g.op('Resize', [h, undefined, g.op('Identity', [factors])]);
  });
  expect(names).toEqual(['v', 'w']);
});

test('weights of recurrent, normalizing and Einsum nodes are trained; states, scales and slopes of formulas are not', () => {
  const names = trained((g, x, constant) => {
    const larger = g.op('Resize', [x, undefined, constant('scales', 4)]);
    const rows = g.op('Einsum', [g.op('Flatten', [larger]), constant('dense', 48, 3)], {
      equation: 'ni,io->no',
    });
    const steps = g.op('Unsqueeze', [rows, g.int64s([1])]);
    const recurrent = [constant('w', 1, 16, 3), constant('r', 1, 16, 4), constant('b', 1, 32)];
    const state = constant('state', 1, 1, 4);
    const y = g.op('LSTM', [steps, ...recurrent, undefined, state, state], { hidden_size: 4 });
    const normal = g.op('LayerNormalization', [y, constant('gain', 4), constant('shift', 4)]);
    return g.op('Pow', [g.op('PRelu', [normal, constant('slope', 4)]), constant('exponent')]);
  });
  expect(names).toEqual(['b', 'dense', 'gain', 'r', 'shift', 'slope', 'w']);
});
