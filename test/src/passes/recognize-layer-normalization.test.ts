import { expect, test } from 'vitest';
import { build, opTypes, type Parts, pass } from './passing.ts';

interface Spelling {
  readonly axes?: number[];
  readonly opset?: number;
  readonly square?: 'Pow' | 'Mul';
  readonly root?: 'Sqrt' | 'Pow';
}

function model({ axes = [-1], opset = 21, square = 'Pow', root = 'Sqrt' }: Spelling) {
  return build(({ b, weights }: Parts) => {
    const x = b.input('x', 'float32', ['N', 4, 6]);
    const shape = axes.length === 1 ? [6] : [4, 6];
    const mean = (value: typeof x) =>
      opset < 18 ? b.op('ReduceMean', [value], { axes }) : b.op('ReduceMean', [value, b.int64s(axes)]);
    const deviation = b.op('Sub', [x, mean(x)]);
    const squared = b.op(square, [deviation, square === 'Pow' ? b.scalar(2) : deviation]);
    const sum = b.op('Add', [mean(squared), b.scalar(1e-4)]);
    const deviationRoot = root === 'Sqrt' ? b.op('Sqrt', [sum]) : b.op('Pow', [sum, b.scalar(0.5)]);
    const normal = b.op('Div', [deviation, deviationRoot]);
    b.output(
      b.op('Add', [b.op('Mul', [normal, weights('gamma', ...shape)]), weights('beta', ...shape)]),
      'y',
    );
  }, opset);
}

const recognize = ['recognize-layer-normalization', 'remove-unused'];
const options = { shapes: { x: [3, 4, 6] } };

test.each([
  [{}, -1],
  [{ opset: 17 }, -1],
  [{ axes: [2, 1] }, -2],
  [{ square: 'Mul', root: 'Pow' }, -1],
] as [Spelling, number][])('%o', async (spelling, axis) => {
  const { model: result, counts } = await pass(model(spelling), recognize, options);
  expect(opTypes(result)).toEqual(['LayerNormalization']);
  expect(result.graph.nodes[0]!.int('axis', 0)).toBe(axis);
  expect(counts.LayerNormalization).toBe(1);
});

test.each([[{ opset: 16 }], [{ axes: [1] }]] as [Spelling][])('%o stays spelled out', async (spelling) => {
  expect(opTypes((await pass(model(spelling), recognize, options)).model)).toEqual(opTypes(model(spelling)));
});
