import { describe, expect, test } from 'vitest';
import { choicesOf } from '../../../devices/estimate/engine.ts';
import { efficiencies, estimate, workOf } from '../../../devices/estimate/index.ts';
import { roofline } from '../../../devices/estimate/roofline.ts';
import type { Engine, Precision, Profile, Source } from '../../../devices/profiles/index.ts';
import type { Model } from '../../../src/ir/index.ts';
import {
  conv2d,
  dense,
  flatten,
  hardSwish,
  type Layer,
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
const product = (): Model => sequential([1000], [dense(1000)]);

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
  const first = conv2d(16, [3, 3]);
  const layers = (...between: readonly Layer[]) =>
    workOf(sequential([3, 16, 16], [first, ...between, conv2d(16, [3, 3]), relu(), flatten(), dense(10)]));
  const int8 = { precision: 'int8' } as const;

  test('an activation that the target knows is part of the layer before it', () => {
    const plain = estimate(layers(relu()), device([npu, cpu]), int8);
    expect(plain).toMatchObject({ engine: 'accelerator', notes: [] });
    expect(plain.latency).toEqual(estimate(layers(), device([npu]), int8).latency);
  });

  test('what follows the first layer without a kernel is on the processor', () => {
    const work = layers(hardSwish());
    const profile = device([npu, cpu]);
    const choice = choicesOf(profile, 'int8')[0]!;
    const { placed, spent, notes, whole } = roofline(work, profile, choice);
    expect(placed.map(({ layer, place }) => [layer.node.opType, place])).toEqual([
      ['Conv', 'engine'],
      ['HardSwish', 'host'],
      ['Conv', 'host'],
      ['Gemm', 'host'],
    ]);
    expect(notes[0]).toMatch(/^3 of 4 layers on cores: .*: the Edge TPU compiler does not map it/);
    expect(spent.host).toBeGreaterThan(spent.compute);
    expect(whole).toBe(true);
    expect(roofline(work, device([npu]), choice).whole).toBe(false);
  });

  test('an engine that leaves layers to nobody is the last choice', () => {
    const gpu: Engine = { ...cpu, name: 'shaders', kind: 'gpu', efficiency: 'gpu' };
    const found = estimate(layers(hardSwish()), device([npu, gpu]), int8);
    expect(found).toMatchObject({ engine: 'shaders', notes: [] });
    const alone = estimate(layers(hardSwish()), device([npu]), int8);
    expect(alone).toMatchObject({ partial: true, limit: 'the host, whose speed is unknown' });
    expect(alone.latency).toBeUndefined();
    expect(alone.notes[0]).toMatch(/^3 of 4 layers on the host: HardSwish/);
  });

  test('a float model is not asked for int8 kernels', () => {
    expect(estimate(layers(hardSwish()), device([cpu])).latency).toEqual(
      estimate(layers(relu()), device([cpu])).latency,
    );
  });
});

test('a graph of the zoo counts its layers once: BatchNormalization and activations are in them', () => {
  const work = workOf(architecture('mobilenetv2', { sample: [3, 224, 224], classes: 1000 }));
  const own = work.layers.filter(({ joined }) => !joined);
  const ops = new Set(own.map(({ node }) => node.opType));
  expect([...ops].toSorted()).toEqual(['Add', 'Conv', 'Gemm', 'GlobalAveragePool']);
  // 17 blocks: 52 convolutions, 10 sums, the pool, the classifier (table 2 of the paper).
  expect(own).toHaveLength(52 + 10 + 2);
  expect(work.layers.filter(({ grouped }) => grouped)).toHaveLength(17);
});

test('float16 weights are half as large', () => {
  const half = device([{ ...cpu, peak: { float16: { dense: 1e9, from } } }]);
  const weights = (precision: Precision) => estimate(workOf(product()), half, { precision }).fit!.weights;
  expect(weights('float16')).toBe(2 * 1_001_000);
  // Where an engine has float16 alone, a float32 model becomes one of float16.
  expect(estimate(workOf(product()), half)).toMatchObject({ precision: 'float16' });
});
