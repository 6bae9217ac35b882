import { expect, test, vi } from 'vitest';
import { Tensor } from '../../../src/ir/index.ts';
import { feedsOf, quantizeTrained } from '../../../src/quantize/index.ts';
import * as qat from '../../../src/quantize/qat/index.ts';
import { checkTarget, targetOf } from '../../../src/targets/index.ts';
import { build } from './build.ts';
import { described } from './described.ts';
import { blobs } from './qat/blobs.ts';

vi.mock('../../../src/quantize/qat/index.ts', { spy: true });

const data = blobs();

/** A convolution, a Sigmoid, whose output some kernels write in one scale alone, and a Gemm. */
const network = (batch: number | 'N') =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', [batch, 1, 8, 8]);
    const conv = b.op('Conv', [x, weight('w1', [4, 1, 3, 3]), weight('b1', [4])]);
    const flat = b.op('Flatten', [b.op('Sigmoid', [conv])]);
    b.output(b.op('Gemm', [flat, weight('w2', [144, 4])]), 'scores');
  });

const trained = (batch: number | 'N', target: string) => {
  const model = network(batch);
  const training = { data, limit: 256, batchSize: 32, learnScales: true, learningRate: 1e-3 };
  const calibration = feedsOf(model, data, { limit: 64 });
  return quantizeTrained(model, calibration, { target: targetOf(target), training });
};

test('learned scales leave alone what the kernels of a target fix', async () => {
  const { model, encodings } = await trained('N', 'tflite');
  const refused = checkTarget(model, targetOf('tflite')).filter(({ severity }) => severity === 'refused');
  expect(refused).toEqual([]);
  const scales = [...encodings.activations.values()].map(({ scale }) => scale);
  expect(scales).toContain(1 / 256);
});

test('a model with a fixed batch of 1 has that again after a training in batches of 32', async () => {
  const { model, report } = await described(trained(1, 'edgetpu'));
  expect(model.graph.feeds[0]!.shape).toEqual([1, 1, 8, 8]);
  expect(report.warnings).toContain(
    'Trained in batches of 32 where the model has 1 fixed; the result has 1 again',
  );
});

test('what training made is checked against the target once more', async () => {
  const { qat: real } = await vi.importActual<typeof qat>('../../../src/quantize/qat/index.ts');
  vi.mocked(qat.qat).mockImplementationOnce(async (...given) => {
    const result = await real(...given);
    const { graph } = result.model;
    const sigmoid = graph.nodes.find(({ opType }) => opType === 'Sigmoid')!;
    sigmoid.output().uses[0]!.node.input(1).tensor = Tensor.scalar('float32', 0.01);
    return result;
  });
  await expect(trained('N', 'tflite')).rejects.toThrow(
    /LiteRT.* would refuse the quantized model\. .*must have scale 0\.00390625 and zero point -128, has 0\.0099/,
  );
});
