import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type Model, Tensor } from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { random } from '../../src/random.ts';
import { InferenceSession } from '../../src/runtime/index.ts';
import { architecture } from '../../src/zoo/index.ts';
import { describeWith } from '../support/describe-with.ts';
import { largestDifference } from './train-both.ts';
import { torch } from './train-in-torch.ts';

const shape = [2, 3, 32, 32];

/** Statistics and biases as training could leave them, so that none of them can be in the wrong place unseen. */
function shaken(name: string): Model {
  const model = architecture(name, { sample: shape.slice(1), classes: 10, seed: 1 });
  const source = random(5);
  for (const [key, value] of model.graph.initializers) {
    const { tensor } = value;
    if (tensor!.shape.length !== 1) continue;
    const isVariance = key.endsWith('running_var');
    const data = Float32Array.from(tensor!.data as Float32Array, (number) =>
      isVariance ? 0.5 + source.uniform() : number + 0.2 * source.normal(),
    );
    value.tensor = Tensor.of('float32', data, tensor!.shape);
  }
  return model;
}

async function inTorch(network: string, model: Model, images: Tensor): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-torch-'));
  try {
    const named = [...model.graph.initializers].flatMap(([name, { tensor }]) =>
      name.includes('.') && tensor!.dtype === 'float32' ? [{ name, tensor: tensor! }] : [],
    );
    const tensors = named.map(({ name, tensor }) => [name, tensor.shape]);
    await writeFile(join(folder, 'job.json'), JSON.stringify({ network, tensors, images: images.shape }));
    await writeFile(join(folder, 'weights.f32'), Buffer.concat(named.map(({ tensor }) => tensor.bytes)));
    await writeFile(join(folder, 'images.f32'), images.bytes);
    const script = fileURLToPath(new URL('forward.py', import.meta.url));
    return JSON.parse((await promisify(execFile)(torch.path, [script, folder])).stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describeWith('Networks of the zoo beside PyTorch in float64, with the same weights by name', [torch], () => {
  test.each(['resnet8', 'mobilenetv2'])('%s gives the same scores', async (name) => {
    const model = shaken(name);
    const source = random(2);
    const data = Float32Array.from({ length: 2 * 3 * 32 * 32 }, () => source.normal());
    const images = Tensor.of('float32', data, shape);
    const session = await InferenceSession.create(writeModel(model));
    const { logits } = await session.run({ input: images });
    await session.release();
    const expected = await inTorch(name, model, images);
    const size = Math.max(...expected.map(Math.abs));
    expect(size).toBeGreaterThan(0.1);
    expect(largestDifference(logits!.toNumbers(), expected)).toBeLessThan(1e-4 * size);
  });
});
