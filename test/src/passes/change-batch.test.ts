import { expect, test } from 'vitest';
import { ModelError } from '../../../src/errors.ts';
import { type GraphBuilder, Model, Tensor, type Value } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { changeBatch } from '../../../src/passes/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

/** A model of x [batch, 3, 4]. */
function written(write: (g: GraphBuilder, x: Value) => Value, batch: number | string = 1): Model {
  const g = createBuilder();
  g.output(write(g, g.input('x', 'float32', [batch, 3, 4])), 'y');
  return new Model(g.graph);
}

const to =
  (...sizes: number[]) =>
  (g: GraphBuilder, x: Value): Value =>
    g.op('Reshape', [x, g.int64s(sizes)]);
const swapped = (g: GraphBuilder, x: Value): Value => g.op('Transpose', [x], { perm: [1, 0, 2] });

async function run(model: Model, data: readonly number[], shape: readonly number[]): Promise<number[]> {
  const session = await InferenceSession.create(writeModel(model));
  const result = (await session.run({ x: Tensor.of('float32', [...data], [...shape]) })).y!.toNumbers();
  await session.release();
  return [...result];
}

test.each([
  ['in front', to(1, -1), [5, 12]],
  ['merged with what follows', to(3, 4), [15, 4]],
  ['in the middle', (g: GraphBuilder, x: Value) => swapped(g, to(3, 1, 4)(g, swapped(g, x))), [5, 3, 4]],
  [
    'merged with what is before, and taken apart',
    (g: GraphBuilder, x: Value) => swapped(g, to(3, 1, 4)(g, g.op('Relu', [to(3, 4)(g, swapped(g, x))]))),
    [5, 3, 4],
  ],
  [
    'heads in its axis',
    (g: GraphBuilder, x: Value) => swapped(g, to(3, 1, 4)(g, to(3, 2, 2)(g, swapped(g, x)))),
    [5, 3, 4],
  ],
])('a batch that Reshape has %s', async (_, write, shape) => {
  const model = written(write);
  const before = writeModel(model);
  const changed = changeBatch(model, [5, 3, 4]);
  expect(changed.graph.outputs[0]!.shape).toEqual(shape);
  expect(writeModel(model)).toEqual(before);
  const data = Array.from({ length: 60 }, (_, i) => i);
  const singles: number[] = [];
  for (let i = 0; i < 5; i++) singles.push(...(await run(model, data.slice(12 * i, 12 * i + 12), [1, 3, 4])));
  expect(await run(changed, data, [5, 3, 4])).toEqual(singles);
});

test('a symbol becomes the size', () => {
  const changed = changeBatch(
    written((g, x) => g.op('Relu', [x]), 'N'),
    [5, 3, 4],
  );
  expect(changed.graph.outputs[0]!.shape).toEqual([5, 3, 4]);
});

test('throws where the batch has no place', () => {
  const model = written((g, x) => g.op('Squeeze', [x, g.int64s([0])]));
  expect(() => changeBatch(model, [5, 3, 4])).toThrow(ModelError);
});
