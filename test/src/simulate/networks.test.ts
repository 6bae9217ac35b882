import { expect, test } from 'vitest';
import { product, Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import { random } from '../../../src/random.ts';
import { type Feeds, InferenceSession } from '../../../src/runtime/index.ts';
import { simulate, thisCpu } from '../../../src/simulate/index.ts';
import { architecture } from '../../../src/zoo/index.ts';

const cpu = thisCpu();

function batch(name: string, shape: readonly number[], seed: number): Feeds {
  const { normal } = random(seed);
  return { [name]: Tensor.of('float32', Float32Array.from({ length: product(shape) }, normal), shape) };
}

/** Networks of the zoo, small; the last has float nodes between integer ones. */
const networks = [
  ['lenet', [1, 20, 20], {}],
  ['mobile', [1, 20, 20], {}],
  ['dscnn', [1, 25, 5], {}],
  ['autoencoder', [64], {}],
  ['resnet8', [3, 16, 16], { width: 0.5 }],
  ['mobilenetv2', [3, 32, 32], { width: 0.35 }],
  ['mobilenetv3_small', [3, 32, 32], { width: 0.35 }],
] as const;

test.skipIf(!cpu).each(networks)('%s gives the bits of onnxruntime', async (name, sample, options) => {
  const model = architecture(name, { sample, classes: 10, ...options });
  const input = model.graph.feeds[0]!.name;
  for (const activations of name.startsWith('mobilenetv')
    ? (['uint8'] as const)
    : (['uint8', 'int8'] as const)) {
    const calibration = [batch(input, [4, ...sample], 1)];
    const quantized = (await quantizeStatic(model, calibration, { activations })).model;
    const feeds = batch(input, [2, ...sample], 2);
    const session = await InferenceSession.create(writeModel(quantized));
    const expected = await session.run(feeds);
    await session.release();
    const outputs = await simulate(quantized, feeds, { cpu: cpu! });
    expect(Object.keys(outputs)).toEqual(Object.keys(expected));
    for (const [output, tensor] of Object.entries(expected)) {
      expect(outputs[output]!.data).toEqual(tensor.data);
      expect(new Set(tensor.toNumbers()).size).toBeGreaterThan(4);
    }
  }
});
