import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Model, Tensor } from '../../../src/ir/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { simulate } from '../../../src/simulate/index.ts';
import { graphKinds, randomGraph } from './random-graphs.ts';

/** What onnxruntime's AVX2 kernels gave in an emulated Haswell; test/support/record-kernels.ts made it. */
const recorded = JSON.parse(readFileSync('test/fixtures/simulate/avx2.json', 'utf8')) as {
  readonly digests: Readonly<Record<string, readonly string[]>>;
};

const digest = (tensor: Tensor): string =>
  createHash('sha256').update(tensor.bytes).digest('hex').slice(0, 16);

/** Kinds of graphs whose sums can saturate. */
const saturating =
  /^(conv|wide conv|grouped conv|gemm|gemm to float|matMul .*|dynamic matMul|moves of integers)$/;

describe("the simulator gives the bits of onnxruntime's AVX2 kernels", () => {
  test('every kind of random graph was recorded', () => {
    expect(Object.keys(recorded.digests)).toEqual(graphKinds);
  });

  test.each(graphKinds)('%s', async (kind) => {
    let changed = 0;
    for (const [seed, expected] of recorded.digests[kind]!.entries()) {
      const { model, feeds } = randomGraph(kind, seed);
      const { y } = await simulate(model, feeds, { cpu: 'avx2' });
      expect(digest(y!), `${kind} of seed ${seed}`).toBe(expected);
      if (digest((await simulate(model, feeds, { cpu: 'vnni' })).y!) !== expected) changed++;
    }
    if (saturating.test(kind)) expect(changed).toBeGreaterThan(0);
    else expect(changed).toBe(0);
  });
});

test('two products that leave 16 bits are cut, and only where they are neighbours', async () => {
  const multiply = async (weights: number[], cpu: string) => {
    const b = createBuilder();
    const one = (value: number) => b.scalar(value);
    const zero = b.constant('uint8', [0], []);
    const weight = b.constant('int8', weights, [4, 1]);
    const x = b.input('x', 'uint8', [1, 4]);
    const parameters = [one(1), zero, weight, one(1), b.constant('int8', [0], [])];
    b.output(b.op('QGemm', [x, ...parameters], {}, 'com.microsoft'), 'y');
    const model = new Model(b.graph);
    model.opsets.set('com.microsoft', 1);
    const { y } = await simulate(model, { x: Tensor.of('uint8', [255, 255, 255, 255], [1, 4]) }, { cpu });
    return y!.data[0];
  };
  expect(await multiply([127, 127, 0, 0], 'vnni')).toBe(2 * 255 * 127);
  expect(await multiply([127, 127, 0, 0], 'avx2')).toBe(32767);
  expect(await multiply([-128, -128, 0, 0], 'avx2')).toBe(-32768);
  expect(await multiply([127, 0, 127, 0], 'avx2')).toBe(2 * 255 * 127);
  expect(await multiply([127, -127, 127, 127], 'avx2')).toBe(32767);
});
