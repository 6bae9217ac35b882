import { expect, test } from 'vitest';
import { float, type GraphBuilder, Model, product, Tensor, type Value } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { fuseBatchNormalization } from '../../../src/passes/index.ts';
import { random } from '../../../src/random.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import { withConstantNodes } from '../../support/constant-nodes.ts';

const { uniform } = random(9);

interface Parts {
  readonly b: GraphBuilder;
  readonly x: Value;
  constant(name: string, shape: number[]): Value;
  norm(x: Value, name: string, channels: number): Value;
}

/** A model over x [2, 4, 6, 6] with random constants between 0.5 and 1.5. */
function build(write: (parts: Parts) => void): Model {
  const b = createBuilder();
  const constant = (name: string, shape: number[]) => {
    const data = Float32Array.from({ length: product(shape) }, () => 0.5 + uniform());
    return b.initializer(name, Tensor.of('float32', data, shape));
  };
  const norm = (x: Value, name: string, channels: number) => {
    const statistics = ['scale', 'shift', 'mean', 'variance'].map((part) =>
      constant(`${name}.${part}`, [channels]),
    );
    return b.op('BatchNormalization', [x, ...statistics], { epsilon: { type: 'float', value: 1e-3 } });
  };
  write({ b, constant, norm, x: b.input('x', 'float32', [2, 4, 6, 6]) });
  return new Model(b.graph);
}

async function outputsOf(model: Model): Promise<Record<string, number[]>> {
  const session = await InferenceSession.create(writeModel(model), { optimization: 'disabled' });
  const x = Tensor.of(
    'float32',
    Float32Array.from({ length: 288 }, (_, i) => Math.sin(i)),
    [2, 4, 6, 6],
  );
  const results = await session.run({ x });
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.toNumbers()]));
}

async function expectSame(before: Model, after: Model): Promise<void> {
  const [expected, actual] = [await outputsOf(before), await outputsOf(after)];
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, numbers] of Object.entries(expected))
    numbers.forEach((v, i) => {
      expect(Math.abs(actual[name]![i]! - v)).toBeLessThan(1e-4 * Math.max(1, Math.abs(v)));
    });
}

const opTypes = (model: Model) => model.graph.nodes.map((node) => node.opType);

test('convolutions with and without bias, depthwise too, take in what follows', async () => {
  const model = build(({ b, x, constant, norm }) => {
    const first = norm(b.op('Conv', [x, constant('w1', [8, 4, 3, 3]), constant('b1', [8])]), 'n1', 8);
    const relu = b.op('Relu', [first]);
    b.output(norm(b.op('Conv', [relu, constant('w2', [8, 1, 3, 3])], { group: 8 }), 'n2', 8), 'y');
  });
  const bytes = writeModel(model);
  const fused = fuseBatchNormalization(model);
  expect(opTypes(fused)).toEqual(['Conv', 'Relu', 'Conv']);
  expect([...fused.graph.initializers.keys()].sort()).toEqual(['b1', 'w1', 'w2', 'w2_bias']);
  await expectSame(model, fused);
  expect(writeModel(model)).toEqual(bytes);
});

test('weights that another convolution uses stay what they are for that one', async () => {
  const model = build(({ b, x, constant, norm }) => {
    const w = constant('w', [4, 4, 1, 1]);
    b.output(norm(b.op('Conv', [x, w]), 'n', 4), 'normalized');
    b.output(b.op('Conv', [x, w]), 'plain');
  });
  const fused = fuseBatchNormalization(model);
  expect(opTypes(fused)).toEqual(['Conv', 'Conv']);
  await expectSame(model, fused);
});

test('stays where the convolution is read by others, or is none', async () => {
  const model = build(({ b, x, constant, norm }) => {
    const conv = b.output(b.op('Conv', [x, constant('w', [4, 4, 1, 1])]), 'conv');
    b.output(norm(conv, 'n', 4), 'y');
    b.output(norm(b.op('Relu', [x]), 'm', 4), 'z');
  });
  const kept = fuseBatchNormalization(model);
  expect(opTypes(kept)).toEqual(opTypes(model));
  await expectSame(model, kept);
});

test('stays where it normalizes by the batch itself', () => {
  const model = build(({ b, x, constant, norm }) => {
    b.output(norm(b.op('Conv', [x, constant('w', [4, 4, 1, 1])]), 'n', 4), 'y');
  });
  const node = model.graph.nodes.find(({ opType }) => opType === 'BatchNormalization')!;
  expect(opTypes(fuseBatchNormalization(model))).toEqual(['Conv']);
  node.attributes.set('training_mode', { type: 'int', value: 1 });
  expect(opTypes(fuseBatchNormalization(model))).toEqual(['Conv', 'BatchNormalization']);
});

test('Constant nodes that it took in are gone', async () => {
  const model = build(({ b, x, constant, norm }) => {
    b.output(norm(b.op('Conv', [x, constant('w', [4, 4, 1, 1])]), 'n', 4), 'y');
  });
  const fused = fuseBatchNormalization(withConstantNodes(model));
  expect(opTypes(fused)).toEqual(['Conv']);
  await expectSame(model, fused);
});

test.each([
  ['ConvTranspose', {}, [4, 6, 3, 3], 6],
  ['ConvTranspose', { group: 2 }, [4, 3, 2, 2], 6],
] as const)('%s %o takes in what follows', async (op, attributes, shape, channels) => {
  for (const bias of [true, false]) {
    const model = build(({ b, x, constant, norm }) => {
      const inputs = [x, constant('w', [...shape]), ...(bias ? [constant('b', [channels])] : [])];
      b.output(norm(b.op(op, inputs, attributes), 'n', channels), 'y');
    });
    const fused = fuseBatchNormalization(model);
    expect(opTypes(fused)).toEqual([op]);
    await expectSame(model, fused);
  }
});

test.each([
  ['Gemm', { transB: 1 }, [5, 144], undefined],
  ['Gemm', { alpha: float(0.5), beta: float(2) }, [144, 5], [5]],
  ['Gemm', { beta: float(2) }, [144, 5], [1]],
  ['Gemm', {}, [144, 5], [1, 5]],
  ['MatMul', {}, [144, 5], undefined],
] as const)(
  '%s %o with weights %o and bias %o takes in what follows',
  async (op, attributes, shape, bias) => {
    const model = build(({ b, x, constant, norm }) => {
      const inputs = [b.op('Flatten', [x]), constant('w', [...shape])];
      if (bias) inputs.push(constant('b', [...bias]));
      b.output(norm(b.op(op, inputs, attributes), 'n', 5), 'y');
    });
    const fused = fuseBatchNormalization(model);
    expect(opTypes(fused)).toEqual(['Flatten', 'Gemm']);
    await expectSame(model, fused);
  },
);

test('a bias that differs by row stays before its BatchNormalization', async () => {
  const model = build(({ b, x, constant, norm }) => {
    const gemm = b.op('Gemm', [b.op('Flatten', [x]), constant('w', [144, 5]), constant('b', [2, 1])]);
    b.output(norm(gemm, 'n', 5), 'y');
  });
  expect(opTypes(fuseBatchNormalization(model))).toEqual(['Flatten', 'Gemm', 'BatchNormalization']);
});
