import { beforeAll, expect, test } from 'vitest';
import { tfliteOps } from '../../src/convert/tflite/ops/index.ts';
import { product, Tensor } from '../../src/ir/index.ts';
import { random } from '../../src/random.ts';
import { cases, modelOf, type OperatorCase } from '../src/convert/tflite/operator-cases.ts';
import { writeTflite } from '../src/convert/tflite/write-tflite.ts';
import { describeWith } from '../support/describe-with.ts';
import { runImported } from './in-onnxruntime.ts';
import { litert, runLitert } from './litert.ts';

/** Tested by whole models: they need sparse or quantized constants, or are MediaPipe's. */
const elsewhere = ['QUANTIZE', 'DEQUANTIZE', 'DENSIFY', 'Convolution2DTransposeBias'];

const bytesOf = (one: OperatorCase): Uint8Array => writeTflite(modelOf(one));

describeWith('each TFLite operator gives in onnxruntime what LiteRT gives', [litert], () => {
  let results: Awaited<ReturnType<typeof runLitert>>;
  beforeAll(async () => {
    results = await runLitert(
      cases.map((one) => ({ model: bytesOf(one), inputs: feedsOf(one), plain: true })),
    );
  });

  test.each(cases.map((one, i) => ({ title: `${i} ${one.op} ${one.title ?? ''}`, i })))(
    '$title',
    async ({ i }) => {
      const expected = results[i]!;
      if ('error' in expected) throw new Error(expected.error);
      const outputs = await runImported(bytesOf(cases[i]!), feedsOf(cases[i]!));
      expect(outputs.map(({ shape }) => [...shape])).toEqual(expected.map(({ tensor }) => [...tensor.shape]));
      for (const [k, { tensor }] of expected.entries()) {
        const [left, right] = [tensor.toNumbers(), outputs[k]!.toNumbers()];
        const worst = Math.max(...left.map((value, at) => Math.abs(value - right[at]!)));
        expect(worst).toBeLessThan(1e-5);
      }
    },
  );

  test('every operator of the table has a case, here or in whole models', () => {
    const tested = new Set([...cases.map(({ op }) => op), ...elsewhere]);
    expect([...tfliteOps.keys()].filter((op) => !tested.has(op))).toEqual([]);
  });
});

function feedsOf({ inputs, positive }: OperatorCase): Tensor[] {
  return inputs.flatMap(({ shape, type = 'float32', data }, i) => {
    if (data) return [];
    const source = random(i + 1);
    const number = (): number => {
      if (type === 'bool') return source.integer(2);
      if (type === 'int32') return source.integer(4);
      return positive ? source.uniform() + 0.1 : source.uniform() * 4 - 2;
    };
    const values = Array.from({ length: product(shape) }, number);
    return [Tensor.of(type as 'float32', values, shape)];
  });
}
