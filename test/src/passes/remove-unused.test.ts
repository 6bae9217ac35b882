import { expect, test } from 'vitest';
import { check } from '../../../src/ir/check.ts';
import { Model } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { removeUnused } from '../../../src/passes/index.ts';

test('what reaches no output goes, also out of the inputs; feeds stay', () => {
  const g = createBuilder();
  const x = g.input('x', 'float32', [2]);
  g.input('unread', 'float32', [2]);
  const unusedDefault = g.constant('float32', [7, 8]);
  g.graph.inputs.push(unusedDefault);
  g.op('Exp', [g.op('Mul', [x, g.constant('float32', [3, 4])])]);
  g.output(g.op('Add', [x, g.constant('float32', [1, 2])]), 'y');
  const model = new Model(g.graph);
  const before = writeModel(model);
  const { graph } = removeUnused(model);
  expect(graph.nodes.map((node) => node.opType)).toEqual(['Add']);
  expect(graph.initializers.size).toBe(1);
  expect(graph.inputs.map((input) => input.name)).toEqual(['x', 'unread']);
  expect(writeModel(model)).toEqual(before);
});

test('what only a subgraph reads stays, and goes with it', () => {
  const build = (used: boolean): Model => {
    const g = createBuilder();
    const step = g.op('Neg', [g.constant('float32', [1, 2])]);
    const body = createBuilder({ prefix: 'body/' });
    body.input('i', 'int64', []);
    const more = body.input('more', 'bool', []);
    const state = body.input('state', 'float32', [2]);
    body.output(body.op('Identity', [more]), 'more_out');
    body.output(body.op('Add', [state, step]), 'state_out');
    const x = g.input('x', 'float32', [2]);
    const y = g.op('Loop', [g.constant('int64', [3], []), undefined, x], { body: body.graph });
    g.output(g.op('Neg', [used ? y : x]), 'y');
    return new Model(g.graph);
  };
  const [kept, gone] = [removeUnused(build(true)), removeUnused(build(false))];
  check(kept);
  check(gone);
  expect(kept.graph.nodes.map((node) => node.opType)).toEqual(['Neg', 'Loop', 'Neg']);
  expect(gone.graph.nodes.map((node) => node.opType)).toEqual(['Neg']);
  expect(gone.graph.initializers.size).toBe(0);
});
