import { beforeAll, describe, expect, test } from 'vitest';
import { copyForTraining, type Kernels } from '../../../../src/autodiff/index.ts';
import { trainedConstants } from '../../../../src/autodiff/trained-constants.ts';
import type { Model, Value } from '../../../../src/ir/index.ts';
import { probeKernels } from '../../../../src/kernels/index.ts';
import * as layers from '../../../../src/layers/index.ts';
import { type GradientCase, worstGradientError } from '../../../support/finite-differences.ts';

const { batchNormalization, block, conv2d, depthwiseConv2d, tanh } = layers;

const cases: { name: string; sample: number[]; batch?: number; layer: layers.Layer }[] = [
  { name: '3x3 of plain input', sample: [3, 6, 5], layer: conv2d(16, 3) },
  { name: '3x3 of blocked input', sample: [20, 5, 4], layer: conv2d(8, 3) },
  { name: '3x3 stride 2', sample: [16, 6, 4], layer: conv2d(16, 3, { stride: 2 }) },
  { name: '1x1', sample: [16, 3, 4], batch: 3, layer: conv2d(12, 1) },
  { name: 'depthwise', sample: [20, 5, 4], batch: 2, layer: depthwiseConv2d(3) },
  { name: 'depthwise stride 2', sample: [16, 6, 8], batch: 2, layer: depthwiseConv2d(3, { stride: 2 }) },
  {
    name: 'normalization and tanh',
    sample: [3, 4, 4],
    batch: 8,
    layer: block(conv2d(12, 3, { bias: false }), batchNormalization(), tanh()),
  },
  {
    name: 'residual and global average',
    sample: [3, 4, 4],
    layer: block(conv2d(16, 3), layers.residual([conv2d(16, 3), tanh()]), layers.globalAveragePool2d()),
  },
];

describe('gradients in blocked layout equal finite differences', () => {
  let kernels: Kernels;
  beforeAll(async () => {
    ({ kernels } = await probeKernels());
  });

  test.each(cases)('$name', async ({ name, sample, batch = 16, layer }) => {
    if (!kernels.block) return expect((await probeKernels()).missing).not.toEqual([]);
    const model = layers.sequential(sample, [layer], { seed: 2 });
    expect(await worstGradientError(gradientCase(model, { name, sample, batch, kernels }))).toBeLessThan(
      2e-3,
    );
  });
});

function gradientCase(
  model: Model,
  { name, sample, batch, kernels }: { name: string; sample: number[]; batch: number; kernels: Kernels },
): GradientCase {
  const { parameters, buffers } = trainedConstants(model.graph);
  const initial = [...parameters, ...buffers].map((value) => value.tensor!);
  return {
    name,
    shapes: [[batch, ...sample], ...initial.map((tensor) => tensor.shape)],
    kernels,
    skip: buffers.map((_, i) => 1 + parameters.length + i),
    data: Object.fromEntries(initial.map((t, i) => [i + 1, () => (t.data as Float32Array).slice()])),
    build(g, [x, ...rest]) {
      const bound = new Map<Value, Value>([[model.graph.feeds[0]!, x!]]);
      for (const [i, value] of [...parameters, ...buffers].entries()) bound.set(value, rest[i]!);
      const { outputs, tape, formulations } = copyForTraining(g, model.graph, bound, { kernels });
      expect(formulations.every(({ layout }) => layout === 'blocked')).toBe(true);
      return { y: outputs[0]!, tape };
    },
  };
}
