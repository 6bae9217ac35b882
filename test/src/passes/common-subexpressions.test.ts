import { expect, test } from 'vitest';
import { float, Tensor } from '../../../src/ir/index.ts';
import { build, opTypes, pass } from './passing.ts';

const cse = ['common-subexpressions', 'remove-unused'];

test('the same computation on the same values is done once, constants are held once', async () => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', [4]);
    const data = Float32Array.from({ length: 4 }, (_, i) => i);
    const branch = (i: number) => {
      const w = b.initializer(`w${i}`, Tensor.of('float32', data.slice()));
      return b.op('LeakyRelu', [b.op('Mul', [x, w])], { alpha: float(0.1) });
    };
    b.output(b.op('Sub', [branch(1), b.op('Neg', [branch(2)])]), 'y');
  });
  const { model: result, counts } = await pass(model, cse);
  expect(opTypes(result)).toEqual(['Mul', 'LeakyRelu', 'Neg', 'Sub']);
  expect([...result.graph.initializers.keys()]).toEqual(['w1']);
  expect(counts).toMatchObject({ 'equal constant': 1, 'repeated computation': 2 });
});

test('other attributes, other types, two outputs and random numbers stay apart', async () => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', [4]);
    b.output(b.op('LeakyRelu', [x], { alpha: float(0.1) }), 'a');
    b.output(b.op('LeakyRelu', [x], { alpha: float(0.2) }), 'b');
    b.output(b.op('Neg', [x]), 'c');
    b.output(b.op('Neg', [x]), 'd');
    const [i, j] = [
      b.initializer('i', Tensor.of('int32', [1])),
      b.initializer('j', Tensor.of('uint32', [1])),
    ];
    b.output(b.op('Cast', [i], { to: 1 }), 'e');
    b.output(b.op('Cast', [j], { to: 1 }), 'f');
  });
  expect(opTypes((await pass(model, cse)).model)).toEqual(opTypes(model));
});

test('biases before training stay apart, since training must not tie them', async () => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', [4]);
    const zeros = ['a', 'b'].map((name) => b.initializer(name, Tensor.of('float32', new Float32Array(4))));
    b.output(b.op('Add', [b.op('Exp', [b.op('Add', [x, zeros[0]!])]), zeros[1]!]), 'y');
  });
  const { model: result } = await pass(model, cse);
  expect([...result.graph.initializers.keys()]).toEqual(['a', 'b']);
});
