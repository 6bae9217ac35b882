import { expect, test } from 'vitest';
import { formatShape, Model, Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

/** Three trips that carry a [2, 3] sum and a growing list, and scan the sum's rows. */
function loopModel(): Model {
  const body = createBuilder({ prefix: 'body/' });
  body.input('i', 'int64', []);
  const more = body.input('more', 'bool', []);
  const state = body.input('state', 'float32', [2, 3]);
  const list = body.input('list', 'float32', ['L']);
  const next = body.op('Add', [state, state]);
  const row = body.op('ReduceMean', [next, body.int64s([0])], { keepdims: 0 });
  body.output(body.op('Identity', [more]), 'more_out');
  body.output(next, 'state_out');
  body.output(body.op('Concat', [list, row], { axis: 0 }), 'list_out');
  body.output(body.op('Identity', [row]), 'row_out');
  const g = createBuilder();
  const start = [g.input('x', 'float32', [2, 3]), g.input('empty', 'float32', [0])];
  const trips = g.constant('int64', [3], []);
  const results = g.node('Loop', [trips, g.constant('bool', [1], []), ...start], { body: body.graph }, 3);
  for (const [i, name] of ['state', 'list', 'rows'].entries()) g.output(results[i]!, name);
  return new Model(g.graph);
}

test('the types of a loop hold for what onnxruntime returns', async () => {
  const model = loopModel();
  const session = await InferenceSession.create(writeModel(model));
  const x = Tensor.of('float32', [1, 2, 3, 4, 5, 6], [2, 3]);
  const results = await session.run({ x, empty: Tensor.of('float32', []) });
  await session.release();
  const shapes = (list: readonly { shape: Tensor['shape'] }[]) => list.map(({ shape }) => formatShape(shape));
  expect(shapes(Object.values(results))).toEqual(['[2, 3]', '[9]', '[3, 3]']);
  expect(model.graph.outputs.map(String)).toEqual([
    'state: float32[2, 3]',
    'list: float32[?]',
    'rows: float32[?, 3]',
  ]);
});
