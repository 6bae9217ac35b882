import { beforeAll, describe, expect, test } from 'vitest';
import { type Kernels, standardKernels } from '../../../src/autodiff/index.ts';
import { type GraphBuilder, Model, product, Tensor, type Value } from '../../../src/ir/index.ts';
import { probeKernels } from '../../../src/kernels/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { random } from '../../../src/random.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import { relativeDifference, stepOf, uniform } from '../../support/model-gradients.ts';

const batch = 16;

interface Writer {
  readonly g: GraphBuilder;
  /** QuantizeLinear, Clip to 4 bits, DequantizeLinear by the scale of a name. */
  round(x: Value, scale: string): Value;
  conv(x: Value, filters: number, kernel: number): Value;
}

/** A model of x [16, 3, 8, 8]. Weights go through 4 bits a channel. */
function modelOf(write: (writer: Writer, x: Value) => Value): Model {
  const g = createBuilder({ name: 'fake' });
  const source = random(3);
  const normal = (shape: number[], size: number): Tensor =>
    Tensor.of(
      'float32',
      Float32Array.from({ length: product(shape) }, () => size * source.normal()),
      shape,
    );
  const scales = new Map<string, Value>();
  const scaleOf = (name: string): Value => {
    const scale = scales.get(name) ?? g.initializer(name, Tensor.scalar('float32', 0.11));
    scales.set(name, scale);
    return scale;
  };
  const zero = g.constant('uint8', [5], []);
  const limits = (dtype: 'uint8' | 'int8', bounds: number[]): Value[] =>
    bounds.map((bound) => g.constant(dtype, [bound], []));
  const writer: Writer = {
    g,
    round(x, name) {
      const integers = g.op('QuantizeLinear', [x, scaleOf(name), zero]);
      const limited = g.op('Clip', [integers, ...limits('uint8', [0, 15])]);
      return g.op('DequantizeLinear', [limited, scaleOf(name), zero]);
    },
    conv(x, filters, kernel) {
      const shape = [filters, x.shape![1] as number, kernel, kernel];
      const name = `conv${g.graph.nodes.length}`;
      const w = g.initializer(`${name}.weight`, normal(shape, 1 / Math.sqrt(product(shape.slice(1)))));
      const bias = g.initializer(`${name}.bias`, normal([filters], 0.1));
      const wide = Float32Array.from({ length: filters }, (_, i) => 0.05 + 0.01 * i);
      const scale = g.initializer(`${name}.scale`, Tensor.of('float32', wide));
      const zeros = g.constant('int8', Array(filters).fill(0));
      const integers = g.op('QuantizeLinear', [w, scale, zeros], { axis: 0 });
      const limited = g.op('Clip', [integers, ...limits('int8', [-7, 7])]);
      const rounded = g.op('DequantizeLinear', [limited, scale, zeros], { axis: 0 });
      return g.op('Conv', [x, rounded, bias], { pads: Array(4).fill((kernel - 1) / 2) });
    },
  };
  g.output(write(writer, g.input('x', 'float32', [batch, 3, 8, 8])), 'y');
  return new Model(g.graph, 21);
}

const pool = { kernel_shape: [2, 2], strides: [2, 2] };
const models: { name: string; model: Model; blocked: readonly string[] }[] = [
  {
    name: 'between convolutions',
    model: modelOf(({ g, round, conv }, x) =>
      conv(round(g.op('Relu', [conv(round(x, 'a'), 16, 3)]), 'b'), 16, 3),
    ),
    blocked: ['Conv', 'Relu', 'QuantizeLinear', 'Clip', 'DequantizeLinear', 'Conv'],
  },
  {
    name: 'before a pool, and the same behind it',
    model: modelOf(({ g, round, conv }, x) => {
      const h = g.op('MaxPool', [round(g.op('Relu', [conv(x, 16, 3)]), 'b')], pool);
      return conv(round(h, 'b'), 16, 1);
    }),
    blocked: [
      ...['Conv', 'Relu', 'QuantizeLinear', 'Clip', 'DequantizeLinear'],
      ...['MaxPool', 'QuantizeLinear', 'Clip', 'DequantizeLinear', 'Conv'],
    ],
  },
  {
    name: 'before a pool without a relu, another behind it',
    model: modelOf(({ g, round, conv }, x) => {
      const h = g.op('MaxPool', [round(conv(x, 16, 3), 'b')], pool);
      return round(conv(round(h, 'c'), 16, 1), 'd');
    }),
    blocked: [
      ...['Conv', 'QuantizeLinear', 'Clip', 'DequantizeLinear', 'MaxPool'],
      ...['QuantizeLinear', 'Clip', 'DequantizeLinear', 'Conv', 'QuantizeLinear', 'Clip', 'DequantizeLinear'],
    ],
  },
  {
    name: 'before overlapping windows, of plain layout',
    model: modelOf(({ g, round, conv }, x) => {
      const h = round(g.op('Relu', [conv(x, 6, 3)]), 'b');
      return conv(round(g.op('MaxPool', [h], { ...pool, kernel_shape: [3, 3] }), 'b'), 6, 1);
    }),
    blocked: [],
  },
];

async function inference(model: Model, x: Tensor): Promise<Float32Array> {
  const session = await InferenceSession.create(writeModel(model), { optimization: 'basic', keepQdq: true });
  const { y } = await session.run({ x });
  await session.release();
  return y!.data as Float32Array;
}

describe('fake quantization in a model', () => {
  let kernels: Kernels;
  beforeAll(async () => {
    ({ kernels } = await probeKernels());
  });

  test.each(models)('$name: a training step computes what the model does', async ({ model }) => {
    const { y } = await stepOf(model, batch, standardKernels);
    const expected = await inference(model, uniform([batch, 3, 8, 8], 1));
    expect(relativeDifference(y, expected)).toBeLessThan(1e-5);
    expect(new Set(y).size).toBeGreaterThan(10);
  });

  test.each(models)('$name: the same in blocked layout', async ({ model, blocked }) => {
    if (!kernels.block) return expect((await probeKernels()).missing).not.toEqual([]);
    const [standard, twin] = [
      await stepOf(model, batch, standardKernels),
      await stepOf(model, batch, kernels),
    ];
    expect(twin.blocked.slice(-blocked.length || Infinity)).toEqual(blocked);
    expect(relativeDifference(twin.y, standard.y)).toBeLessThan(1e-5);
    expect([...twin.gradients.keys()]).toEqual([...standard.gradients.keys()]);
    for (const [name, gradient] of standard.gradients)
      expect(relativeDifference(twin.gradients.get(name)!, gradient), name).toBeLessThan(1e-4);
  });
});
