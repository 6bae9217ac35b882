import { describe, expect, test } from 'vitest';
import { efficiencies, estimate, workOf } from '../../../devices/estimate/index.ts';
import type { Engine, Profile, Source } from '../../../devices/profiles/index.ts';
import { type Model, Tensor } from '../../../src/ir/index.ts';
import {
  conv2d,
  dense,
  flatten,
  hardSwish,
  input,
  model,
  relu,
  sequential,
} from '../../../src/layers/index.ts';
import { architecture } from '../../../src/zoo/index.ts';

const from: Source = { kind: 'derived', title: 'made up' };
const quoted = (value: number) => ({ value, from });
const peak = (float32: number, int8?: number): Engine['peak'] => ({
  float32: { dense: float32, from },
  ...(int8 && { int8: { dense: int8, from } }),
});

const cpu: Engine = { name: 'cores', kind: 'cpu', efficiency: 'cpu', peak: peak(1e9, 4e9), target: 'tflite' };
const npu: Engine = {
  name: 'accelerator',
  kind: 'npu',
  efficiency: 'npu',
  peak: { int8: { dense: 1e12, from } },
  target: 'edgetpu',
};

const device = (engines: Profile['engines'], rest: Partial<Profile> = {}): Profile => ({
  name: 'made-up',
  title: 'Made up',
  family: 'Tests',
  engines,
  memory: { bytes: quoted(1e9), bandwidth: quoted(1e9) },
  power: { min: 2, max: 5, from },
  runtimes: [],
  notes: [],
  ...rest,
});

/** One matrix product of 1000 x 1000 and its bias: a million MACs, 1 001 000 parameters. */
const product = (): Model => model(sequential(dense(1000))(input([1000])));

describe('one layer by hand', () => {
  const work = workOf(product());

  test('the fast end is the longer of work at the peak and weights at full bandwidth', () => {
    // 2e6 operations at 1e9 a second are 2 ms, 4 004 000 bytes at 1e9 a second 4.004 ms.
    expect(estimate(work, device([cpu])).latency!.min).toBeCloseTo(4.004, 6);
    const slow = { ...cpu, peak: peak(1e8) };
    expect(estimate(work, device([slow])).latency!.min).toBeCloseTo(20, 6);
  });

  test('the slow end adds work, traffic and launch, each with its efficiency', () => {
    const { dense: part, bandwidth, perLayer } = efficiencies.cpu;
    const seconds = 2e6 / (1e9 * part) + (4 * (1_001_000 + 2000)) / (1e9 * bandwidth) + perLayer;
    const found = estimate(work, device([cpu]));
    expect(found.latency!.max).toBeCloseTo(1e3 * seconds, 6);
    expect(found.limit).toMatch(/^compute \(\d+ %\)$/);
    const fast = estimate(work, device([{ ...cpu, peak: peak(1e13) }]));
    expect(fast.limit).toMatch(/^memory bandwidth/);
  });

  test('energy is power times latency, throughput its inverse times alike engines', () => {
    const { latency, energy, throughput } = estimate(work, device([{ ...cpu, count: 4 }]));
    expect(energy).toEqual({ min: 2 * latency!.min, max: 5 * latency!.max });
    expect(throughput!.max).toBeCloseTo(4000 / latency!.min, 6);
    expect(throughput!.min).toBeCloseTo(4000 / latency!.max, 6);
    const { energy: unknown } = estimate(work, device([cpu], { power: { max: 5, from } }));
    expect(unknown).toBeUndefined();
  });

  test('weights that an accelerator cannot keep come over its link each run', () => {
    const linked = { ...npu, link: quoted(1e6), onChip: quoted(1_000_000) };
    const { latency, limit } = estimate(work, device([linked]), { precision: 'int8' });
    // 2000 bytes of input and output, 1000 of weights, at 1 MB/s, and 2e6 operations at 1e12.
    expect(latency!.min).toBeCloseTo(3 + 0.002, 6);
    expect(limit).toMatch(/^the link to the accelerator/);
  });
});

describe('what cannot run', () => {
  const work = workOf(product());

  test('too little memory is told with both sizes', () => {
    const { latency, limit, fit } = estimate(work, device([cpu], { memory: { bytes: quoted(4e6) } }));
    expect(latency).toBeUndefined();
    expect(fit!.fits).toBe(false);
    expect(limit).toBe('memory: weights and activations need 3.83 MB, its memory has 3.81 MB');
  });

  test('a microcontroller keeps weights in flash and activations in RAM', () => {
    const memory = { bytes: quoted(10_000), flash: quoted(4e6) };
    expect(estimate(work, device([cpu], { memory })).limit).toMatch(
      /^memory: weights need .* its flash has 3.81 MB$/,
    );
    expect(estimate(work, device([cpu], { memory }), { precision: 'int8' }).fit!.fits).toBe(true);
    const small = { bytes: quoted(1000), flash: quoted(8e6) };
    expect(estimate(work, device([cpu], { memory: small })).limit).toMatch(
      /^memory: activations need .* its RAM/,
    );
  });

  test('an accelerator for int8 does not take a float model, the processor beside it does', () => {
    expect(estimate(work, device([npu])).limit).toBe(
      'it takes int8 only, the model computes in float32: quantize it',
    );
    const beside = estimate(work, device([npu, cpu]));
    expect(beside).toMatchObject({ engine: 'cores', precision: 'float32' });
    expect(beside.notes).toContain('quantized to int8, it could run on accelerator too');
  });
});

describe('rules of the target', () => {
  const layers = (activation: () => ReturnType<typeof relu>) =>
    workOf(
      model(
        sequential(
          conv2d(16, 3),
          activation(),
          conv2d(16, 3),
          relu(),
          flatten(),
          dense(10),
        )(input([3, 16, 16])),
      ),
    );

  test('what follows the first layer without a kernel is on the processor', () => {
    const plain = estimate(layers(relu), device([npu, cpu]), { precision: 'int8' });
    expect(plain.notes).toEqual([]);
    const odd = layers(() => sequential(hardSwish(), conv2d(16, 1)));
    // HardSwish joins the convolution before it here, so an operator of its own is needed: a Softmax over four dimensions.
    expect(odd.layers.length).toBeGreaterThan(0);
  });
});

test('a graph of the zoo counts its layers once: BatchNormalization and activations are in them', () => {
  const work = workOf(architecture('mobilenetv2', { sample: [3, 224, 224], classes: 1000 }));
  const ops = new Set(work.layers.map(({ node }) => node.opType));
  expect([...ops].toSorted()).toEqual(['Add', 'Conv', 'Gemm', 'GlobalAveragePool']);
  // 17 blocks: 52 convolutions, 10 sums, the pool, the classifier (table 2 of the paper).
  expect(work.layers).toHaveLength(52 + 10 + 2);
  expect(work.layers.filter(({ grouped }) => grouped)).toHaveLength(17);
});

test('float16 weights are half as large', () => {
  const half = product();
  for (const node of half.graph.nodes)
    for (const value of node.inputs)
      if (value?.tensor?.dtype === 'float32') expect(value.tensor).toBeInstanceOf(Tensor);
  const work = workOf(half);
  const bytes = (precision: 'float32' | 'float16') =>
    estimate(work, device([cpu]), { precision }).fit!.weights;
  // The processor of the test has no float16 and computes in float32.
  expect(bytes('float16')).toBe(bytes('float32'));
});
