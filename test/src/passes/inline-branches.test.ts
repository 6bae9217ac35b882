import { expect, test } from 'vitest';
import { type Graph, GraphBuilder, Tensor, type Value } from '../../../src/ir/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { build, inferOrSame, opTypes, type Parts, pass } from './passing.ts';

/** A branch that reads x from outside, with a constant of its own; all branches use the same names. */
function branch(opType: string, x: Value): Graph {
  const b = createBuilder();
  const c = b.initializer('c', Tensor.of('float32', [2], []));
  b.output(b.op(opType, [b.op('Neg', [x]), c]), 'result');
  return b.graph;
}

function choose({ b }: Parts, x: Value, condition: Value): Value {
  return b.op('If', [condition], { then_branch: branch('Add', x), else_branch: branch('Mul', x) });
}

const bool = (value: number) => Tensor.of('bool', [value], []);

test.each([
  [1, 'Add'],
  [0, 'Mul'],
])('a condition that is always %i takes its branch', async (value, opType) => {
  const model = build((parts) => {
    const { b } = parts;
    const x = b.input('x', 'float32', [3]);
    const yes = b.initializer('yes', bool(value));
    b.output(b.op('Exp', [choose(parts, x, yes)]), 'inside');
    b.output(choose(parts, b.op('Abs', [x]), yes), 'end');
  });
  const { model: result, counts } = await pass(model, ['inline-branches', 'remove-unused']);
  expect(opTypes(result)).toEqual(['Neg', opType, 'Exp', 'Abs', 'Neg', opType]);
  expect(result.graph.outputs.map(({ name }) => name)).toEqual(['inside', 'end']);
  expect(counts['If with a constant condition']).toBe(2);
});

test('an If in a branch that is taken, and in one that is not', async () => {
  const model = build((parts) => {
    const x = parts.b.input('x', 'float32', [3]);
    const yes = parts.b.initializer('yes', bool(1));
    const outer = (prefix: string): Graph => {
      const inner = createBuilder({ prefix });
      inner.output(
        inner.op('Exp', [
          choose({ ...parts, b: new GraphBuilder(inferOrSame, { graph: inner.graph, prefix }) }, x, yes),
        ]),
        `${prefix}out`,
      );
      return inner.graph;
    };
    const branches = { then_branch: outer('then/'), else_branch: outer('else/') };
    parts.b.output(parts.b.op('If', [yes], branches), 'y');
  });
  const { model: result } = await pass(model, ['inline-branches', 'remove-unused']);
  expect(opTypes(result)).toEqual(['Neg', 'Add', 'Exp']);
});

test('conditions that are fed or may be overridden stay', async () => {
  const model = build((parts) => {
    const { b } = parts;
    const x = b.input('x', 'float32', [3]);
    const fallback = b.initializer('fallback', bool(1));
    b.graph.inputs.push(fallback);
    b.output(choose(parts, x, b.input('fed', 'bool', [])), 'y');
    b.output(choose(parts, x, fallback), 'z');
  });
  const feeds = { x: Tensor.of('float32', [1, 2, 3]), fed: bool(0), fallback: bool(1) };
  expect(opTypes((await pass(model, ['inline-branches'], { feeds })).model)).toEqual(['If', 'If']);
});

test('a branch that only hands on a constant leaves an Identity where an output needs one', async () => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', [1]);
    const constant = createBuilder();
    const c = constant.initializer('c', Tensor.of('float32', [7]));
    constant.graph.outputs.push(c);
    const condition = b.initializer('yes', bool(1));
    b.output(b.op('If', [condition], { then_branch: constant.graph, else_branch: branch('Mul', x) }), 'y');
  });
  expect(opTypes((await pass(model, ['inline-branches'])).model)).toEqual(['Identity']);
});
