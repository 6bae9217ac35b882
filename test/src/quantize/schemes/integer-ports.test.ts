import { describe, expect, test } from 'vitest';
import { type Model, Tensor } from '../../../../src/ir/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { fixShapes } from '../../../../src/passes/index.ts';
import {
  quantizeStatic,
  roundHalfEven,
  toIntegerPorts,
  toQOperator,
} from '../../../../src/quantize/index.ts';
import { checkTarget, targetOf } from '../../../../src/targets/index.ts';
import { batches, lenet, run } from '../build.ts';

const feeds = batches([1, 1, 12, 12], 4);
const fixed = () => fixShapes(lenet(), { dims: { N: 1 } });

const quantized = async (target: string): Promise<Model> =>
  (await quantizeStatic(fixed(), feeds, { target: targetOf(target) })).model;

describe.each([
  ['edgetpu', (model: Model) => model],
  ['c', (model: Model) => toQOperator(model).model],
] as const)('%s', (name, form) => {
  test('integers in and out say what the float ports say, to the last bit', async () => {
    const float = form(await quantized(name));
    const before = writeModel(float);
    const { model, ports, left } = toIntegerPorts(float);
    expect(writeModel(float)).toEqual(before);
    expect(left).toEqual([]);
    expect(ports.map(({ name, side, dtype }) => [name, side, dtype])).toEqual([
      ['x', 'input', 'int8'],
      ['scores', 'output', 'int8'],
    ]);
    expect(model.graph.inputs.map(String)).toEqual(['x: int8[1, 1, 12, 12]']);
    expect(model.graph.outputs.map(({ dtype }) => dtype)).toEqual(['int8']);
    const [x, y] = ports as [(typeof ports)[0], (typeof ports)[0]];
    for (const { x: real } of feeds) {
      const integers = Array.from(real!.data as Float32Array, (value) =>
        Math.max(-128, Math.min(127, roundHalfEven(Math.fround(value / x.scale)) + x.zeroPoint)),
      );
      const { scores } = await run(model, { x: Tensor.of('int8', integers, real!.shape) });
      const expected = (await run(float, { x: real! })).scores!;
      const given = Array.from(scores!.data as Int8Array, (q) => Math.fround(y.scale * (q - y.zeroPoint)));
      expect(given).toEqual(Array.from(expected.data as Float32Array));
    }
    expect(checkTarget(model, targetOf(name)).filter(({ what }) => /must be in int8/.test(what))).toEqual([]);
  });
});

test('a float model is told to be quantized first', () => {
  expect(() => toIntegerPorts(lenet())).toThrow(/input 'x': .*Conv.* reads it in float.*Quantize the model/);
});

test('an output that stays float is told with its reason', async () => {
  const { model } = await quantizeStatic(lenet(), feeds, { floatOutputs: true });
  const { ports, left, report } = toIntegerPorts(model);
  expect(ports.map(({ name }) => name)).toEqual(['x']);
  expect(left).toEqual([{ name: 'scores', side: 'output', reason: expect.stringMatching(/Gemm.*in float/) }]);
  expect(report.rows).toHaveLength(2);
});
