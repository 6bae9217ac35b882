import { expect, test } from 'vitest';
import type { Value } from '../../../src/ir/index.ts';
import { build, opTypes, type Parts, pass } from './passing.ts';

const fuse = ['fuse-affine', 'remove-unused'];
type Write = (parts: Parts, y: Value) => Value;

const taken: Record<string, Write> = {
  'Mul by a number': ({ b }, y) => b.op('Mul', [b.scalar(3), y]),
  'Div by a number': ({ b }, y) => b.op('Div', [y, b.scalar(3)]),
  'Add per channel': ({ b, weights }, y) => b.op('Add', [y, weights('c', 6, 1, 1)]),
  'Sub per channel': ({ b, weights }, y) => b.op('Sub', [y, weights('c', 1, 6, 1, 1)]),
  'Sub from a number': ({ b }, y) => b.op('Sub', [b.scalar(2), y]),
  'Mul and Add': ({ b, weights }, y) => b.op('Add', [b.op('Mul', [y, weights('f', 6, 1, 1)]), b.scalar(1)]),
};

test.each(Object.entries(taken))('Conv does a %s', async (_, write) => {
  for (const bias of [true, false]) {
    const model = build((parts) => {
      const { b, weights } = parts;
      const inputs = [b.input('x', 'float32', [2, 4, 5, 5]), weights('w', 6, 4, 3, 3)];
      b.output(write(parts, b.op('Conv', bias ? [...inputs, weights('bias', 6)] : inputs)), 'y');
    });
    expect(opTypes((await pass(model, fuse)).model)).toEqual(['Conv']);
  }
});

test('Gemm does it, and MatMul becomes one where it needs a bias', async () => {
  const model = build(({ b, weights }) => {
    const x = b.input('x', 'float32', ['N', 4]);
    b.output(b.op('Mul', [b.op('MatMul', [x, weights('v', 4, 3)]), weights('f', 3)]), 'scaled');
    b.output(b.op('Add', [b.op('MatMul', [x, weights('w', 4, 3)]), weights('c', 3)]), 'moved');
  });
  const { model: result } = await pass(model, fuse, { shapes: { x: [2, 4] } });
  expect(opTypes(result)).toEqual(['MatMul', 'Gemm']);
});

const kept: Record<string, Write> = {
  'a constant per column': ({ b, weights }, y) => b.op('Mul', [y, weights('c', 3)]),
  'a constant with more dimensions': ({ b, weights }, y) => b.op('Add', [y, weights('c', 1, 1, 1, 1, 1)]),
  'a number divided by it': ({ b }, y) =>
    b.op('Div', [b.scalar(2), b.op('Add', [b.op('Exp', [y]), b.scalar(9)])]),
};

test.each(Object.entries(kept))('%s stays', async (_, write) => {
  const model = build((parts) => {
    const { b, weights } = parts;
    b.output(
      write(parts, b.op('Conv', [b.input('x', 'float32', [2, 4, 5, 5]), weights('w', 6, 4, 3, 3)])),
      'y',
    );
  });
  expect(opTypes((await pass(model, fuse)).model)).toEqual(opTypes(model));
});
