import { expect, test } from 'vitest';
import { build, opTypes, pass } from './passing.ts';

test('two permutations become their product, and go where that is none', async () => {
  const model = build(({ b }) => {
    const x = b.op('Neg', [b.input('x', 'float32', [2, 3, 4, 5])]);
    const nhwc = b.op('Transpose', [x], { perm: [0, 2, 3, 1] });
    b.output(b.op('Exp', [b.op('Transpose', [nhwc], { perm: [0, 3, 1, 2] })]), 'back');
    b.output(b.op('Transpose', [nhwc], { perm: [3, 0, 2, 1] }), 'on');
    b.output(b.op('Transpose', [b.op('Transpose', [x])]), 'reversed twice');
  });
  const { model: result, counts } = await pass(model);
  expect(opTypes(result)).toEqual(['Neg', 'Exp', 'Transpose']);
  expect(result.graph.nodes[2]!.ints('perm')).toEqual([1, 0, 3, 2]);
  expect(counts['Transpose of a Transpose']).toBe(3);
});
