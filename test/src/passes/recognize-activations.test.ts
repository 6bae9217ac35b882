import { expect, test } from 'vitest';
import { float, type Value } from '../../../src/ir/index.ts';
import { build, opTypes, type Parts, pass } from './passing.ts';

type Write = (parts: Parts & { x: Value }) => Value;
const number = ({ b }: Parts, value: number) => b.scalar(value);
const relu6 = (p: Parts & { x: Value }) =>
  p.b.op('Clip', [p.b.op('Add', [p.x, number(p, 3)]), number(p, 0), number(p, 6)]);
const erfGate = (p: Parts & { x: Value }) =>
  p.b.op('Add', [p.b.op('Erf', [p.b.op('Div', [p.x, number(p, Math.SQRT2)])]), number(p, 1)]);

const patterns: Record<string, [string, Write]> = {
  'sigmoid by division': [
    'Sigmoid',
    (p) =>
      p.b.op('Div', [number(p, 1), p.b.op('Add', [p.b.op('Exp', [p.b.op('Neg', [p.x])]), number(p, 1)])]),
  ],
  'sigmoid by Reciprocal': [
    'Sigmoid',
    (p) => p.b.op('Reciprocal', [p.b.op('Add', [number(p, 1), p.b.op('Exp', [p.b.op('Neg', [p.x])])])]),
  ],
  'hard sigmoid': ['HardSigmoid', (p) => p.b.op('Div', [relu6(p), number(p, 6)])],
  'hard swish, divided last': [
    'HardSwish',
    (p) => p.b.op('Div', [p.b.op('Mul', [p.x, relu6(p)]), number(p, 6)]),
  ],
  'hard swish, gate first': [
    'HardSwish',
    (p) => p.b.op('Mul', [p.b.op('Mul', [relu6(p), number(p, 1 / 6)]), p.x]),
  ],
  'hard swish by HardSigmoid': [
    'HardSwish',
    (p) => p.b.op('Mul', [p.x, p.b.op('HardSigmoid', [p.x], { alpha: float(1 / 6), beta: float(0.5) })]),
  ],
  'gelu, half first': ['Gelu', (p) => p.b.op('Mul', [p.b.op('Mul', [p.x, number(p, 0.5)]), erfGate(p)])],
  'gelu, half last': ['Gelu', (p) => p.b.op('Mul', [p.b.op('Mul', [p.x, erfGate(p)]), number(p, 0.5)])],
  'gelu by tanh': [
    'Gelu',
    (p) => {
      const cube = p.b.op('Mul', [number(p, 0.044715), p.b.op('Pow', [p.x, number(p, 3)])]);
      const inner = p.b.op('Mul', [number(p, Math.sqrt(2 / Math.PI)), p.b.op('Add', [p.x, cube])]);
      const gate = p.b.op('Add', [number(p, 1), p.b.op('Tanh', [inner])]);
      return p.b.op('Mul', [number(p, 0.5), p.b.op('Mul', [p.x, gate])]);
    },
  ],
};
const steep: Write = (p) => p.b.op('Mul', [p.b.op('Mul', [relu6(p), number(p, 1 / 5)]), p.x]);

function model(write: Write, opset?: number) {
  return build((parts) => {
    const x = parts.b.op('Mul', [parts.b.input('x', 'float32', [2, 64]), parts.b.scalar(-8)]);
    const y = write({ ...parts, x: parts.b.op('Add', [x, parts.b.scalar(4)]) });
    parts.b.output(parts.b.op('Identity', [y]), 'y');
  }, opset);
}

const recognize = ['recognize-activations', 'remove-unused'];

test.each(Object.entries(patterns))('%s', async (_, [opType, write]) => {
  const { model: result, counts } = await pass(model(write), recognize);
  expect(opTypes(result)).toEqual(['Mul', 'Add', opType, 'Identity']);
  expect(counts[opType]).toBe(1);
});

test('operators that the operator set has not yet, and other numbers, stay spelled out', async () => {
  expect(opTypes((await pass(model(patterns['gelu, half last']![1], 19), recognize)).model)).not.toContain(
    'Gelu',
  );
  const old = await pass(model(patterns['hard swish, gate first']![1], 13), recognize);
  expect(opTypes(old.model)).toEqual(['Mul', 'Add', 'HardSigmoid', 'Mul', 'Identity']);
  expect(opTypes((await pass(model(steep), recognize)).model)).toEqual(opTypes(model(steep)));
});

test('Silu stays and the report says so', async () => {
  const silu = model((p) => p.b.op('Mul', [p.x, p.b.op('Sigmoid', [p.x])]));
  const { warnings } = await pass(silu, recognize);
  expect(warnings).toEqual(['1 Silu stay as x * Sigmoid(x): operator set 21 has no name for it']);
});
