import { describe, expect, test } from 'vitest';
import { graphOps } from '../../../../src/convert/tfjs/ops/index.ts';
import { Tensor } from '../../../../src/ir/index.ts';
import { oneOperator } from './graph-file.ts';
import { cases } from './operator-cases.ts';
import { sample, tensorflow, worstDifference } from './tensorflow.ts';

await tensorflow();

describe('each operator gives in onnxruntime what tfjs gives', () => {
  test.each(cases.map((one, i) => ({ ...one, title: `${i} ${one.op} ${one.title ?? ''}` })))(
    '$title',
    async (one) => {
      const feeds = Object.fromEntries(
        one.inputs.flatMap((input, i) => {
          if (input instanceof Tensor) return [];
          const data = sample(input.shape, input.dtype, i + 1);
          return [
            [
              `x${i}`,
              one.positive
                ? Tensor.of(
                    'float32',
                    (data.data as Float32Array).map((v) => Math.abs(v) + 0.1),
                    input.shape,
                  )
                : data,
            ],
          ];
        }),
      );
      const { worst } = await worstDifference(oneOperator(one), feeds);
      expect(worst).toBeLessThan(2e-6);
    },
  );

  test('every operator of the table has a case', () => {
    const tested = new Set(cases.map(({ op }) => op));
    expect([...graphOps.keys()].filter((op) => !tested.has(op))).toEqual([]);
  });
});
