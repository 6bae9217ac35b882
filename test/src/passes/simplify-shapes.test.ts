import { expect, test } from 'vitest';
import type { Shape, Value } from '../../../src/ir/index.ts';
import { build, opTypes, type Parts, pass } from './passing.ts';

/** `x.view(x.size(0), -1)` as PyTorch exports it. */
function flattened({ b }: Parts, x: Value): Value {
  const size = b.op('Gather', [b.op('Shape', [x]), b.constant('int64', [0], [])], { axis: 0 });
  const sizes = [b.op('Unsqueeze', [size, b.int64s([0])]), b.int64s([-1])];
  return b.op('Reshape', [x, b.op('Concat', sizes, { axis: 0 })]);
}

const shapeOnly = ['simplify-shapes', 'remove-unused'];

test.each([
  ['static', [2, 3, 4], 2],
  ['open batch', ['N', 3, 4], 0],
  ['unnamed batch', [null, 3, 4], undefined],
] as [string, Shape, number | undefined][])('flattening a value of %s size', async (_, shape, first) => {
  const model = build((parts) => {
    parts.b.output(flattened(parts, parts.b.op('Neg', [parts.b.input('x', 'float32', shape)])), 'y');
  });
  const { model: result } = await pass(model, shapeOnly, { shapes: { x: [2, 3, 4] } });
  if (first === undefined) {
    // Two sizes are open: only the runtime can tell them.
    expect(opTypes(result)).toContain('Shape');
    return;
  }
  expect(opTypes(result)).toEqual(['Neg', 'Reshape']);
  expect(result.graph.nodes[1]!.input(1).tensor!.toNumbers()).toEqual([first, -1]);
});

test('arithmetic on sizes, slices and casts', async () => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', ['N', 6, 4]);
    const shape = b.op('Shape', [x]);
    const inner = b.op('Slice', [shape, b.int64s([1]), b.int64s([9]), b.int64s([0])]);
    const halves = b.op('Div', [
      b.op('Cast', [b.op('Cast', [inner], { to: 6 })], { to: 7 }),
      b.int64s([2, 1]),
    ]);
    const batch = b.op('Slice', [shape, b.int64s([0]), b.int64s([1])]);
    const target = b.op('Concat', [b.op('Mul', [batch, b.int64s([1])]), b.int64s([2]), halves], { axis: 0 });
    b.output(b.op('Reshape', [x, target]), 'y');
  });
  const { model: result } = await pass(model, shapeOnly, { shapes: { x: [5, 6, 4] } });
  expect(opTypes(result)).toEqual(['Reshape']);
  expect(result.graph.nodes[0]!.input(1).tensor!.toNumbers()).toEqual([0, 2, 3, 4]);
});

test('reshapes in a row become the last one, unless it copies sizes', async () => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', [2, 3, 4]);
    const flat = b.op('Flatten', [x]);
    b.output(b.op('Reshape', [b.op('Reshape', [flat, b.int64s([4, 6])]), b.int64s([8, 3])]), 'y');
    b.output(b.op('Reshape', [flat, b.int64s([0, 4, 3])]), 'z');
  });
  const { model: result } = await pass(model, shapeOnly);
  expect(opTypes(result)).toEqual(['Flatten', 'Reshape', 'Reshape']);
});

test('expanding to the own shape goes, to a symbol of another input stays', async () => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', ['N', 1]);
    const y = b.input('y', 'float32', ['M', 3]);
    b.output(b.op('Neg', [b.op('Expand', [x, b.op('Shape', [x])])]), 'same');
    b.output(b.op('Expand', [x, b.op('Shape', [y])]), 'other');
  });
  const shapes = { x: [2, 1], y: [2, 3] };
  expect(opTypes((await pass(model, shapeOnly, { shapes })).model)).toEqual(['Neg', 'Shape', 'Expand']);
});
