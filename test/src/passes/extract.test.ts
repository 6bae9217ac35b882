import { describe, expect, test } from 'vitest';
import { check, Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { cut, extract } from '../../../src/passes/index.ts';
import { outputsOf } from '../../support/same-outputs.ts';
import { build, opTypes } from './passing.ts';

/** x -> Mul -> a -> Exp -> b -> (+ other) -> y, and a -> Neg -> side. */
const model = build(({ b, weights }) => {
  const x = b.input('x', 'float32', ['N', 4]);
  const other = b.input('other', 'float32', ['N', 4]);
  const a = b.op('Mul', [x, weights('w', 4)]);
  a.name = 'a';
  const exp = b.op('Exp', [a]);
  exp.name = 'b';
  b.output(b.op('Add', [exp, b.op('Mul', [other, weights('v', 4)])]), 'y');
  b.output(b.op('Neg', [a]), 'side');
});
const row = (...numbers: number[]) => Tensor.of('float32', numbers, [1, 4]);
const feeds = { x: row(1, 2, 3, 4), other: row(4, 3, 2, 1) };

describe('extract', () => {
  test('takes what lies between inputs and outputs, with types', () => {
    const before = writeModel(model);
    const part = extract(model, { inputs: ['a'], outputs: ['b'] });
    check(part);
    expect(opTypes(part)).toEqual(['Exp']);
    expect(part.graph.inputs.map(String)).toEqual(['a: float32[N, 4]']);
    expect(part.graph.outputs.map(String)).toEqual(['b: float32[N, 4]']);
    expect(part.graph.initializers.size).toBe(0);
    expect(writeModel(model)).toEqual(before);
  });

  test('without inputs takes those that are needed; an inner value can be an output', async () => {
    const part = extract(model, { outputs: ['a', 'side'] });
    check(part);
    expect(part.graph.inputs.map(({ name }) => name)).toEqual(['x']);
    expect([...part.graph.initializers.keys()]).toEqual(['w']);
    const { a, side } = await outputsOf(part, { feeds });
    expect(side!.toNumbers()).toEqual(a!.toNumbers().map((value) => -value));
  });

  test('an input that is also inside of its own past is cut off', () => {
    const part = extract(model, { inputs: ['a', 'x'], outputs: ['a', 'b'] });
    check(part);
    expect(opTypes(part)).toEqual(['Exp']);
  });

  test.each([
    [{ outputs: ['z'] }, "Graph 'graph' has no value 'z'"],
    [{ outputs: ['sidee'] }, "did you mean 'side'"],
    [{ inputs: ['x'], outputs: ['y'] }, "The outputs need input 'other' besides 'x'"],
    [{ inputs: ['w'], outputs: ['a'] }, "Input 'w' must be computed or fed, is a constant"],
  ])('%o is refused', (options, message) => {
    expect(() => extract(model, options)).toThrow(message);
  });
});

describe('cut', () => {
  test('gives two models that together compute what the one did', async () => {
    const { head, tail } = cut(model, ['b']);
    check(head);
    check(tail);
    expect(head.graph.outputs.map(({ name }) => name)).toEqual(['b', 'side']);
    expect(tail.graph.inputs.map(({ name }) => name)).toEqual(['b', 'other']);
    const whole = await outputsOf(model, { feeds });
    const first = await outputsOf(head, { feeds });
    const second = await outputsOf(tail, { feeds: { ...feeds, b: first.b! } });
    expect(second.y!.toNumbers()).toEqual(whole.y!.toNumbers());
    expect(first.side!.toNumbers()).toEqual(whole.side!.toNumbers());
  });

  test('where nothing lies behind is refused', () => {
    expect(() => cut(model, ['y'])).toThrow("The cut at 'y' must have an output behind it, has none");
  });
});
