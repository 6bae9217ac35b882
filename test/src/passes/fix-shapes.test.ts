import { expect, test } from 'vitest';
import { check } from '../../../src/ir/index.ts';
import { fixShapes } from '../../../src/passes/index.ts';
import { expectSameOutputs } from '../../support/same-outputs.ts';
import { build } from './passing.ts';

const model = build(({ b, weights }) => {
  const x = b.input('x', 'float32', ['N', 3, 'H', 'H']);
  const y = b.input('y', 'float32', ['N', null]);
  b.output(b.op('GlobalAveragePool', [b.op('Conv', [x, weights('w', 4, 3, 3, 3)])]), 'pooled');
  b.output(b.op('Neg', [y]), 'negative');
});
const types = (fixed: typeof model) => [...fixed.graph.inputs, ...fixed.graph.outputs].map(String);

test('sizes by symbol flow through the graph', async () => {
  const fixed = fixShapes(model, { dims: { N: 2, H: 8 } });
  check(fixed);
  expect(types(fixed)).toEqual([
    'x: float32[2, 3, 8, 8]',
    'y: float32[2, ?]',
    'pooled: float32[2, 4, 1, 1]',
    'negative: float32[2, ?]',
  ]);
  expect(fixed.graph.nodes[0]!.output().shape).toEqual([2, 4, 6, 6]);
  await expectSameOutputs(model, fixed, { shapes: { x: [2, 3, 8, 8], y: [2, 5] } });
});

test('a full shape settles its symbols for other inputs too', () => {
  const fixed = fixShapes(model, { shapes: { x: [4, 3, 9, 9], y: [4, 7] } });
  expect(types(fixed)).toEqual([
    'x: float32[4, 3, 9, 9]',
    'y: float32[4, 7]',
    'pooled: float32[4, 4, 1, 1]',
    'negative: float32[4, 7]',
  ]);
  expect(model.graph.inputs[0]!.shape).toEqual(['N', 3, 'H', 'H']);
});

test.each([
  [{ dims: { M: 1 } }, "Unknown dimension 'M'. Did you mean 'N'?"],
  [{ shapes: { z: [1] } }, "Unknown input 'z'"],
  [{ dims: { N: 0 } }, "The size of 'N' must be a whole number from 1 on, is 0"],
  [{ dims: { N: 1.5 } }, 'is 1.5'],
  [{ shapes: { x: [1, 4, 8, 8] } }, "Input 'x' is declared as [N, 3, H, H], which cannot be [1, 4, 8, 8]"],
  [{ shapes: { x: [1, 3, 8, 9] } }, 'which cannot be [1, 3, 8, 9]'],
  [{ dims: { N: 2 }, shapes: { y: [3, 4] } }, 'which cannot be [3, 4]'],
])('%o is refused', (options, message) => {
  expect(() => fixShapes(model, options)).toThrow(message);
});
