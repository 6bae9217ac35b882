import { expect, test } from 'vitest';
import { Tensor, type Value } from '../../../src/ir/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { build, opTypes, type Parts, pass } from './passing.ts';

const cases: Record<string, (parts: Parts & { x: Value }) => Value> = {
  Identity: ({ b, x }) => b.op('Identity', [x]),
  Dropout: ({ b, x }) => b.op('Dropout', [x]),
  Cast: ({ b, x }) => b.op('Cast', [x], { to: 1 }),
  Reshape: ({ b, x }) => b.op('Reshape', [x, b.int64s([2, -1, 4])]),
  Expand: ({ b, x }) => b.op('Expand', [x, b.int64s([3, 1])]),
  Transpose: ({ b, x }) => b.op('Transpose', [x], { perm: [0, 1, 2] }),
  Pad: ({ b, x }) => b.op('Pad', [x, b.int64s([0, 0, 0, 0, 0, 0])]),
  Slice: ({ b, x }) => b.op('Slice', [x, b.int64s([0]), b.int64s([99]), b.int64s([1])]),
  Tile: ({ b, x }) => b.op('Tile', [x, b.int64s([1, 1, 1])]),
  Concat: ({ b, x }) => b.op('Concat', [x], { axis: 1 }),
  Sum: ({ b, x }) => b.op('Sum', [x]),
  MaxPool: ({ b, x }) => b.op('MaxPool', [x], { kernel_shape: [1] }),
  Clip: ({ b, x }) => b.op('Clip', [x]),
  Add: ({ b, x }) => b.op('Add', [b.scalar(0), x]),
  Sub: ({ b, x }) => b.op('Sub', [x, b.scalar(0)]),
  Mul: ({ b, x }) => b.op('Mul', [x, b.constant('float32', [1])]),
  Div: ({ b, x }) => b.op('Div', [x, b.scalar(1)]),
  Pow: ({ b, x }) => b.op('Pow', [x, b.scalar(1)]),
};

test.each(Object.entries(cases))('%s that changes nothing goes', async (opType, write) => {
  const model = build((parts) => {
    const x = parts.b.op('Neg', [parts.b.input('x', 'float32', [2, 3, 4])]);
    parts.b.output(parts.b.op('Exp', [write({ ...parts, x })]), 'y');
  });
  const { model: result, counts } = await pass(model, ['remove-no-ops']);
  expect(opTypes(result)).toEqual(['Neg', 'Exp']);
  expect(counts).toEqual({ [`${opType} that changes nothing`]: 1 });
});

const kept: Record<string, (parts: Parts & { x: Value }) => Value> = {
  'Reshape to another shape': ({ b, x }) => b.op('Reshape', [x, b.int64s([3, 2, 4])]),
  'Slice of a part': ({ b, x }) => b.op('Slice', [x, b.int64s([1]), b.int64s([99])]),
  'Slice backwards': ({ b, x }) =>
    b.op('Slice', [x, b.int64s([9]), b.int64s([-9]), b.int64s([0]), b.int64s([-1])]),
  'Pad by one': ({ b, x }) => b.op('Pad', [x, b.int64s([0, 0, 0, 0, 0, 1])]),
  'Add of 0 that adds a dimension': ({ b, x }) => b.op('Add', [x, b.constant('float32', [0], [1, 1, 1, 1])]),
  'Sub from 0': ({ b, x }) => b.op('Sub', [b.scalar(0), x]),
  'Cast to another type': ({ b, x }) => b.op('Cast', [b.op('Cast', [x], { to: 7 })], { to: 1 }),
};

test.each(Object.entries(kept))('%s stays', async (_, write) => {
  const model = build((parts) => {
    const x = parts.b.op('Neg', [parts.b.input('x', 'float32', [2, 3, 4])]);
    parts.b.output(parts.b.op('Exp', [write({ ...parts, x })]), 'y');
  });
  const { model: result } = await pass(model, ['remove-no-ops']);
  expect(opTypes(result)).toEqual(opTypes(model));
});

test('outputs keep their names; one that is only an input under another name stays', async () => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', [2]);
    b.output(b.op('Identity', [b.op('Neg', [x])]), 'negative');
    b.output(b.op('Identity', [x]), 'copy');
  });
  const { model: result } = await pass(model, ['remove-no-ops']);
  expect(opTypes(result)).toEqual(['Neg', 'Identity']);
  expect(result.graph.outputs.map(({ name }) => name)).toEqual(['negative', 'copy']);
});

test('a slice of all goes also where the size is not known', async () => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', [null]);
    const all = b.op('Slice', [x, b.int64s([0]), b.int64s([2 ** 31 - 1])]);
    b.output(b.op('Neg', [all]), 'y');
  });
  expect(opTypes((await pass(model, ['remove-no-ops'], { shapes: { x: [5] } })).model)).toEqual(['Neg']);
});

test('a mask that something reads keeps its Dropout', async () => {
  const model = build(({ b }) => {
    const [y, mask] = b.node('Dropout', [b.input('x', 'float32', [4])], {}, 2);
    b.output(b.op('Neg', [y!]), 'y');
    b.output(b.op('Not', [mask!]), 'mask');
  });
  expect(opTypes((await pass(model, ['remove-no-ops'])).model)).toEqual(['Dropout', 'Neg', 'Not']);
});

test('subgraphs too, but not what hands a value of the graph around out of them', async () => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', [2]);
    const body = createBuilder({ prefix: 'body/' });
    body.input('i', 'int64', []);
    const more = body.input('more', 'bool', []);
    const state = body.input('state', 'float32', [2]);
    body.output(body.op('Identity', [more]), 'more_out');
    body.output(body.op('Add', [body.op('Identity', [state]), x]), 'state_out');
    const trips = b.initializer('trips', Tensor.scalar('int64', 3));
    b.output(b.op('Loop', [trips, undefined, x], { body: body.graph }), 'y');
  });
  const { model: result, counts } = await pass(model, ['remove-no-ops']);
  const body = result.graph.nodes[0]!.graph('body')!;
  expect(body.nodes.map(({ opType }) => opType)).toEqual(['Identity', 'Add']);
  expect(counts).toEqual({ 'Identity that changes nothing': 1 });
});
