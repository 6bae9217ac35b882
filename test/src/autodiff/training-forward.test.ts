import { describe, expect, test } from 'vitest';
import { copyForTraining, sgd, trainingGraph } from '../../../src/autodiff/index.ts';
import { Dataset } from '../../../src/data/index.ts';
import { check } from '../../../src/ir/check.ts';
import { type GraphBuilder, Model, Tensor, type Value } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import { fit } from '../../../src/train/index.ts';

/** Names that training graphs have as well, so that a copy which keeps them is not valid. */
const trap = 'images';

/** An If whose branches take the input, a constant of the model, and one of their own. */
function branching(g: GraphBuilder, x: Value): Value {
  const bias = g.initializer('bias', Tensor.of('float32', [10, 20, 30, 40], [4]));
  const sum = g.op('ReduceSum', [x, g.int64s([0, 1])], { keepdims: 0 });
  const branch = (opType: string, name: string) => {
    const inner = createBuilder({ prefix: `${name}/` });
    const factor = inner.initializer(`${trap}_${name}`, Tensor.of('float32', [0.5]));
    inner.output(inner.op('Mul', [inner.op(opType, [x, bias]), factor]), trap);
    return inner.graph;
  };
  const branches = { then_branch: branch('Add', 'then'), else_branch: branch('Sub', 'else') };
  return g.op('If', [g.op('Greater', [sum, g.scalar(0)])], branches);
}

/** A Loop that adds the input of the model to its state three times, under an If in the body that takes it too. */
function looping(g: GraphBuilder, x: Value): Value {
  const body = createBuilder({ prefix: 'body/' });
  const trip = body.input('i', 'int64', []);
  const more = body.input('more', 'bool', []);
  const state = body.input(trap, 'float32', ['N', 4]);
  const branch = (opType: string): GraphBuilder['graph'] => {
    const inner = createBuilder({ prefix: `body/${opType}/` });
    inner.output(inner.op(opType, [state, x]), `labels_${opType}`);
    return inner.graph;
  };
  const isFirst = body.op('Equal', [trip, body.constant('int64', [0], [])]);
  const next = body.op('If', [isFirst], { then_branch: branch('Mul'), else_branch: branch('Add') });
  body.output(body.op('Identity', [more]), 'more_out');
  body.output(next, 'state_out');
  const trips = g.constant('int64', [3], []);
  return g.node('Loop', [trips, g.constant('bool', [1], []), x], { body: body.graph }, 1)[0]!;
}

/** An If that pools a relu in a branch: a training graph writes relu and pool in the other order only side by side. */
function pooling(g: GraphBuilder, x: Value): Value {
  const relu = g.op('Relu', [g.op('Reshape', [x, g.int64s([-1, 1, 2, 2])])]);
  const isPositive = g.op('Greater', [g.op('ReduceSum', [x], { keepdims: 0 }), g.scalar(-1000)]);
  const branch = (name: string) => {
    const inner = createBuilder({ prefix: `${name}/` });
    const attributes = { kernel_shape: [2, 2], strides: [1, 1], pads: [0, 0, 1, 1] };
    const flat = inner.op('Reshape', [inner.op('MaxPool', [relu], attributes), inner.int64s([-1, 4])]);
    inner.output(flat, name);
    return inner.graph;
  };
  const none = createBuilder({ prefix: 'else/' });
  none.output(none.op('Identity', [x]), 'none');
  return g.op('If', [isPositive], { then_branch: branch('pooled'), else_branch: none.graph });
}

const models: [string, (g: GraphBuilder, x: Value) => Value][] = [
  ['If', branching],
  ['Loop', looping],
  ['If with a pool', pooling],
];

/** `front`, then a dense layer with weights: 4 features to 3 classes. */
function modelWith(front: (g: GraphBuilder, x: Value) => Value): Model {
  const g = createBuilder({ name: 'net' });
  const x = g.input('x', 'float32', ['N', 4]);
  const weight = g.initializer(
    'weight',
    Tensor.of(
      'float32',
      Array.from({ length: 12 }, (_, i) => Math.sin(i)),
      [4, 3],
    ),
  );
  g.output(g.op('MatMul', [front(g, x), weight]), 'y');
  return new Model(g.graph);
}

async function run(model: Model, feed: Tensor): Promise<number[]> {
  check(model);
  const session = await InferenceSession.create(writeModel(model));
  const [output] = Object.values(await session.run({ [session.inputs[0]!.name]: feed }));
  await session.release();
  return output!.toNumbers();
}

describe.each(models)('%s with values of the graph around it', (_, front) => {
  const batches = [1, -1].map((sign) =>
    Tensor.of(
      'float32',
      Array.from({ length: 8 }, (_, i) => sign * (i + 1)),
      [2, 4],
    ),
  );

  test('gives the same in a copy, whose shapes are those of the batch', async () => {
    const model = modelWith(front);
    const before = writeModel(model);
    const g = createBuilder({ name: 'copy', prefix: 'copy/' });
    const images = g.input('images', 'float32', [2, 4]);
    const bound = new Map([[model.graph.feeds[0]!, images]]);
    const [output] = copyForTraining(g, model.graph, bound).outputs;
    expect(output!.shape).toEqual([2, 3]);
    g.output(output!, 'y');
    for (const batch of batches)
      expect(await run(new Model(g.graph), batch)).toEqual(await run(model, batch));
    expect(writeModel(model)).toEqual(before);
  });

  test('is trained behind, and taken as a teacher, twice in one graph', async () => {
    const model = modelWith(front);
    const { model: graph } = trainingGraph(model, { optimizer: sgd(), batchSize: 2, teacher: model });
    check(graph);
    const images = Float32Array.from({ length: 64 }, (_, i) => Math.cos(i));
    const data = new Dataset({
      ...{ name: 'waves', sampleShape: [4], classNames: ['a', 'b', 'c'] },
      splits: { train: { images, labels: Uint8Array.from({ length: 16 }, (_, i) => i % 3) } },
      normalization: { scale: 1, mean: [0], std: [1] },
    });
    // A teacher that is the student has divergence 0 at the first step.
    const { report } = await fit(model, data, { batchSize: 4, loss: 'kl', teacher: model });
    expect(report.history[0]!.loss).toBeCloseTo(0, 6);
    const { report: learned } = await fit(model, data, {
      batchSize: 4,
      epochs: 20,
      validation: 4,
      optimizer: 'adam',
    });
    expect(learned.rows.at(-1)!.loss).toBeLessThan(learned.rows[0]!.loss as number);
  });
});

test('weights that a subgraph takes must be frozen, since an If has no gradient', () => {
  const model = modelWith((g, x) => {
    const first = g.initializer('first', Tensor.of('float32', new Float32Array(16).fill(0.1), [4, 4]));
    const isPositive = g.op('Greater', [g.op('ReduceSum', [x], { keepdims: 0 }), g.scalar(0)]);
    const branch = (name: string) => {
      const inner = createBuilder({ prefix: `${name}/` });
      inner.output(inner.op('MatMul', [x, first]), name);
      return inner.graph;
    };
    return g.op('If', [isPositive], { then_branch: branch('then'), else_branch: branch('else') });
  });
  const options = { optimizer: sgd(), batchSize: 2 };
  expect(() => trainingGraph(model, options)).toThrow(/^If '.*' has no gradient/);
  const graph = trainingGraph(model, { ...options, frozen: (name) => name === 'first' });
  check(graph.model);
  expect(graph.parameters.slots.map(({ name }) => name)).toEqual(['weight']);
});
