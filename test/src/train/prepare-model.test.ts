import { describe, expect, test } from 'vitest';
import { ModelError, UsageError } from '../../../src/errors.ts';
import { type Dim, type GraphBuilder, Model, Tensor, type Value } from '../../../src/ir/index.ts';
import { dense, flatten, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { random } from '../../../src/random.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import { exportTrainingGraph, fit } from '../../../src/train/index.ts';
import { PreparedModel } from '../../../src/train/prepare-model.ts';
import { stripes } from './stripes.ts';

const source = random(3);
const weight = (g: GraphBuilder, name: string, ...shape: number[]): Value => {
  const size = shape.reduce((a, b) => a * b, 1);
  const numbers = Array.from({ length: size }, () => source.normal() * 0.5);
  return g.initializer(name, Tensor.of('float32', numbers, shape));
};

interface Export {
  readonly opset?: number;
  readonly input?: readonly Dim[];
}

/** A model as an exporter writes it: `write` makes scores of x. */
function exported(
  write: (g: GraphBuilder, x: Value) => Value,
  { opset = 21, input = [1, 1, 2, 2] }: Export = {},
): Model {
  const g = createBuilder();
  const x = g.input('x', 'float32', input);
  g.output(write(g, x), 'y');
  for (const { outputs } of g.graph.nodes)
    for (const value of outputs) if (!g.graph.outputs.includes(value)) value.type = undefined;
  return new Model(g.graph, opset);
}

/** Two layers between which `reshape` flattens [batch, 3, 2, 2]. */
const convolutional = (reshape: (g: GraphBuilder, x: Value) => Value) => (g: GraphBuilder, x: Value) => {
  const h = g.op('Relu', [g.op('Conv', [x, weight(g, 'conv', 3, 1, 1, 1)])]);
  return g.op('Gemm', [reshape(g, h), weight(g, 'head', 12, 2), weight(g, 'bias', 2)]);
};

const toConstant =
  (...sizes: number[]) =>
  (g: GraphBuilder, x: Value): Value =>
    g.op('Reshape', [x, g.int64s(sizes)]);

/** As torch writes `x.reshape(x.shape[0], -1)`. */
const byShape = (g: GraphBuilder, x: Value): Value => {
  const batch = g.op('Gather', [g.op('Shape', [x]), g.constant('int64', [0], [])]);
  const target = g.op('Concat', [g.op('Unsqueeze', [batch, g.int64s([0])]), g.int64s([-1])], { axis: 0 });
  return g.op('Reshape', [x, target]);
};

const train = (model: Model, { batchSize = 16, epochs = 6 } = {}) =>
  fit(model, stripes({ count: 90 }), { batchSize, epochs, learningRate: 0.03, validation: 20 });

async function outputs(model: Model, name: string, x: Tensor): Promise<number[]> {
  const session = await InferenceSession.create(writeModel(model));
  const result = (await session.run({ [name]: x }))[model.graph.outputs[0]!.name]!.toNumbers();
  await session.release();
  return [...result];
}

/** The copy for four samples gives what the model gives for one after the other. */
async function expectSame(model: Model): Promise<void> {
  const { model: copy } = await new PreparedModel(model, { batchSize: 4, sample: [1, 2, 2] }).copies();
  const numbers = Array.from({ length: 16 }, () => source.normal());
  const singles: number[] = [];
  for (let i = 0; i < 4; i++)
    singles.push(
      ...(await outputs(model, 'x', Tensor.of('float32', numbers.slice(4 * i, 4 * i + 4), [1, 1, 2, 2]))),
    );
  const together = await outputs(copy, 'x', Tensor.of('float32', numbers, [4, 1, 2, 2]));
  expect(together).toHaveLength(singles.length);
  for (const [i, y] of singles.entries()) expect(together[i]).toBeCloseTo(y, 4);
}

describe('operator sets', () => {
  test.each([7, 11, 15])(
    'a model of operator set %i is trained in a newer one and stays of its own',
    async (opset) => {
      const model = exported(
        convolutional((g, x) => g.op('Flatten', [x])),
        { opset, input: ['N', 1, 2, 2] },
      );
      model.irVersion = 3;
      for (const value of model.graph.initializers.values()) model.graph.inputs.push(value);
      const { model: trained, report } = await train(model);
      expect(report.warnings[0]).toBe(
        `Trained in operator set 18, since the model's own, ${opset}, is older; the result keeps ${opset}`,
      );
      expect(report.rows.at(-1)!.loss).toBeLessThan(0.8 * (report.rows[0]!.loss as number));
      expect([trained.opset, trained.graph.nodes.length]).toEqual([opset, 4]);
      const x = Tensor.of('float32', [1, 0, 1, 0], [1, 1, 2, 2]);
      expect(await outputs(trained, 'x', x)).not.toEqual(await outputs(model, 'x', x));
    },
  );

  test('operator set 17, whose reductions take axes as attributes, has gradients too', async () => {
    const normalized = (g: GraphBuilder, x: Value) => {
      const rows = g.op('Flatten', [x]);
      const layer = g.op('LayerNormalization', [rows, weight(g, 'scale', 4), weight(g, 'shift', 4)]);
      return g.op('Gemm', [layer, weight(g, 'w', 4, 2)]);
    };
    const { report } = await train(exported(normalized, { opset: 17, input: ['N', 1, 2, 2] }));
    expect(report.rows.at(-1)!.loss).toBeLessThan(0.95 * (report.rows[0]!.loss as number));
  });

  test('an operator that no newer set has is named', async () => {
    const model = exported((g, x) => g.op('Gemm', [g.op('Flatten', [x]), weight(g, 'w', 4, 2)]), {
      opset: 11,
    });
    model.graph.nodes[0]!.opType = 'Flatter';
    await expect(train(model)).rejects.toThrow(ModelError);
    await expect(train(model)).rejects.toThrow(/Flatter.*cannot be upgraded/);
  });
});

test('a teacher of another operator set is upgraded too', async () => {
  const teacher = exported((g, x) => g.op('Gemm', [g.op('Flatten', [x]), weight(g, 'w', 4, 2)]), {
    opset: 11,
  });
  const student = sequential([1, 2, 2], [flatten(), dense(2)]);
  const { report } = await fit(student, stripes({ count: 32 }), { batchSize: 16, loss: 'kl', teacher });
  expect(report.history).toHaveLength(2);
});

describe('open dimensions', () => {
  test('the data settle them, shape arithmetic goes, the result is the graph as it was', async () => {
    const model = exported(convolutional(byShape), { input: ['N', 1, 'height', null] });
    const before = model.graph.nodes.map((node) => node.opType);
    const { model: copy } = await new PreparedModel(model, { batchSize: 16, sample: [1, 2, 2] }).copies();
    expect(copy.graph.nodes.map((node) => node.opType)).toEqual(['Conv', 'Relu', 'Reshape', 'Gemm']);
    expect([...copy.graph.initializers.keys()]).toEqual(expect.arrayContaining(['conv', 'head', 'bias']));
    // The last batch of the validation has 4 samples.
    const { model: trained, report } = await train(model);
    expect(report.validation.at(-1)!.loss).toBeLessThan(0.8 * report.validation[0]!.loss);
    expect(trained.graph.feeds[0]!.shape).toEqual(['N', 1, 'height', null]);
    expect(trained.graph.nodes.map((node) => node.opType)).toEqual(before);
    await expectSame(model);
  });

  test('the exported graph is made of the same copy, and needs to be told what is open', async () => {
    const model = exported(convolutional(byShape), { opset: 13, input: ['N', 1, 'height', 'width'] });
    const graph = await exportTrainingGraph(model, { batchSize: 8 }, stripes());
    expect(graph.graph.value('images')!.shape).toEqual(['steps', 8, 1, 2, 2]);
    await (await InferenceSession.create(writeModel(graph))).release();
    await expect(exportTrainingGraph(model)).rejects.toThrow(/must have a known shape behind the batch/);
  });

  test('sizes that the data have not are told as they are declared', async () => {
    const pooled = (g: GraphBuilder, x: Value) =>
      g.op('Gemm', [g.op('Flatten', [g.op('GlobalAveragePool', [x])]), weight(g, 'w', 3, 2)]);
    const model = exported(pooled, { input: ['N', 3, 'height', 'width'] });
    await expect(train(model)).rejects.toThrow(
      "input 'x' takes samples of [3, height, width], the data has [1, 2, 2]",
    );
  });
});

describe('a fixed batch', () => {
  const attention = (g: GraphBuilder, x: Value): Value => {
    // [1, 4, 1] → [4, 1, 2] → two heads in the axis of the batch, as torch writes attention over sequences.
    const tokens = g.op('MatMul', [toConstant(1, 4, 1)(g, x), weight(g, 'embed', 1, 2)]);
    const rows = toConstant(4, 2)(g, g.op('Transpose', [tokens], { perm: [1, 0, 2] }));
    const mixed = g.op('Gemm', [rows, weight(g, 'mix', 2, 2)]);
    const heads = g.op('Transpose', [toConstant(4, 2, 1)(g, toConstant(4, 1, 2)(g, mixed))], {
      perm: [1, 0, 2],
    });
    const scores = g.op('Softmax', [
      g.op('MatMul', [heads, g.op('Transpose', [heads], { perm: [0, 2, 1] })]),
    ]);
    const seen = g.op('Transpose', [g.op('MatMul', [scores, heads])], { perm: [1, 0, 2] });
    const back = g.op('Gemm', [toConstant(4, 2)(g, seen), weight(g, 'out', 2, 2)]);
    const flat = g.op('Transpose', [toConstant(4, 1, 2)(g, back)], { perm: [1, 0, 2] });
    return g.op('MatMul', [toConstant(1, -1)(g, flat), weight(g, 'head', 8, 2)]);
  };
  const recurrent = (g: GraphBuilder, x: Value): Value => {
    const steps = g.op('Transpose', [toConstant(1, 4, 1)(g, x)], { perm: [1, 0, 2] });
    const parts = [weight(g, 'w', 1, 12, 1), weight(g, 'r', 1, 12, 3), weight(g, 'b', 1, 24)] as const;
    const states = [weight(g, 'h0', 1, 1, 3), weight(g, 'c0', 1, 1, 3)] as const;
    const [, last] = g.node('LSTM', [steps, ...parts, undefined, ...states], { hidden_size: 3 }, 2);
    return g.op('Gemm', [toConstant(1, 3)(g, last!), weight(g, 'head', 3, 2)]);
  };
  const withToken = (g: GraphBuilder, x: Value): Value => {
    const tokens = g.op('Concat', [weight(g, 'token', 1, 1, 1), toConstant(1, 4, 1)(g, x)], { axis: 1 });
    return g.op('Gemm', [toConstant(1, -1)(g, tokens), weight(g, 'head', 5, 2)]);
  };

  test.each([
    ['a Reshape to constants', convolutional(toConstant(1, -1))],
    ['a Reshape by the shape', convolutional(byShape)],
    ['attention over sequences', attention],
    ['a constant state', recurrent],
    ['a token for each sample', withToken],
  ])('is changed where samples stay apart: %s', async (_, write) => {
    const model = exported(write);
    await expectSame(model);
    const { model: trained, report } = await train(model, { epochs: 30 });
    expect(report.warnings).toContain(
      'Trained in batches of 16 where the model has 1 fixed; the result has 1 again',
    );
    expect(report.rows.at(-1)!.loss).toBeLessThan(0.95 * (report.rows[0]!.loss as number));
    expect(trained.graph.feeds[0]!.shape).toEqual([1, 1, 2, 2]);
    const x = Tensor.of('float32', [1, 0, 1, 0], [1, 1, 2, 2]);
    expect(await outputs(trained, 'x', x)).toHaveLength(2);
  });

  test.each([
    [
      'shapes contradict',
      (g: GraphBuilder, x: Value) =>
        g.op('Reshape', [g.op('MatMul', [toConstant(4)(g, x), weight(g, 'w', 4, 2)]), g.int64s([1, 2])]),
    ],
    [
      'samples mix though shapes fit',
      (g: GraphBuilder, x: Value) => {
        const flat = toConstant(1, 4)(g, x);
        const centred = g.op('Sub', [flat, g.op('ReduceMean', [flat, g.int64s([0, 1])], { keepdims: 1 })]);
        return g.op('Gemm', [centred, weight(g, 'w', 4, 2)]);
      },
    ],
  ])('is told with its remedies where %s', async (_, write) => {
    const model = exported(write);
    await expect(train(model)).rejects.toThrow(UsageError);
    await expect(train(model)).rejects.toThrow(
      'The model has batch 1 fixed, and its samples do not stay apart in a batch of 16: train with --batch 1 (batchSize 1) or export it with a dynamic axis',
    );
    const { report } = await train(model, { batchSize: 1 });
    expect(report.warnings).toEqual([]);
    expect(report.history).toHaveLength(6 * 70);
  });

  test('that cannot be changed asks for a validation of whole batches', async () => {
    const mixing = (g: GraphBuilder, x: Value): Value => {
      const flat = g.op('Flatten', [x]);
      const centred = g.op('Sub', [flat, g.op('ReduceMean', [flat, g.int64s([0])], { keepdims: 1 })]);
      return g.op('Gemm', [centred, weight(g, 'w', 4, 2)]);
    };
    const model = exported(mixing, { input: [3, 1, 2, 2] });
    await expect(train(model, { batchSize: 3 })).rejects.toThrow(
      "The last batch of the 20 samples to validate with has 2: make it a multiple of 3 by 'validation'. The model has batch 3 fixed",
    );
  });
});
