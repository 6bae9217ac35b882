import { beforeAll, describe, expect, test } from 'vitest';
import type { Model, Use } from '../../../../src/ir/index.ts';
import * as layers from '../../../../src/layers/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { type Encodings, emit, planOf, prepare, roundHalfEven } from '../../../../src/quantize/index.ts';
import { fakeModel, type QatOptions, qat } from '../../../../src/quantize/qat/index.ts';
import { type Checkpoint, fit } from '../../../../src/train/index.ts';
import { blobs } from './blobs.ts';
import { accuracyOf, encoded, outputOf } from './encoded.ts';

const { batchNormalization, conv2d, dense, depthwiseConv2d, flatten, maxPool2d, relu, relu6 } = layers;

const data = blobs();

/** A trained network of every kind of layer that the fake-quantized graph writes in its own way, ready to be quantized. */
async function network(): Promise<Model> {
  const start = layers.sequential(
    [1, 8, 8],
    [
      ...[conv2d(8, 3), relu(), maxPool2d(2)],
      layers.residual([conv2d(8, 3, { bias: false }), batchNormalization(), relu()]),
      ...[depthwiseConv2d(3), relu6(), flatten(), dense(16), relu(), dense(4)],
    ],
    { seed: 2 },
  );
  const { model } = await fit(start, data, { epochs: 4, learningRate: 5e-3 });
  return prepare(model);
}

let float: Model;
beforeAll(async () => {
  float = await network();
});

const forms = [
  { weights: 8, activations: 8 },
  { weights: 8, activations: 8, dtype: 'int8', perChannel: false },
  { weights: 4, activations: 8 },
  { weights: 4, activations: 4, perChannel: false },
  { weights: 3, activations: 4 },
  { weights: 2, activations: 2, dtype: 'int8' },
] as const;

describe.each(forms)('W$weights A$activations $dtype, a scale a channel: $perChannel', (form) => {
  test('before training the fake-quantized model computes what the integers do', async () => {
    const encodings = await encoded(float, data, form);
    const fake = await outputOf(fakeModel(float, encodings).model, data);
    const integers = await outputOf(emit(float, encodings).model, data);
    expect(fake.toNumbers()).toEqual(integers.toNumbers());
  });

  test.each([false, true])('so do its integers after training, scales learned: %s', async (learnScales) => {
    const encodings = await encoded(float, data, form);
    const options = { data, learnScales, limit: 512, learningRate: 2e-3 };
    const result = await qat(float, encodings, options);
    const integers = await outputOf(result.model, data);
    const fake = await outputOf(fakeModel(result.float, result.encodings).model, data);
    expect(integers.toNumbers()).toEqual(fake.toNumbers());
    expect(integers.toNumbers()).not.toEqual(
      (await outputOf(emit(float, encodings).model, data)).toNumbers(),
    );
    checkConstants(result, { encodings, learnScales });
  });
});

/** Scales, integers and bias of the exported model are those of the encodings, bit for bit. */
function checkConstants(
  { model, float: learned, encodings: after }: Awaited<ReturnType<typeof qat>>,
  { encodings: before, learnScales }: { encodings: Encodings; learnScales: boolean },
): void {
  const { initializers } = model.graph;
  const numbers = (name: string): number[] => initializers.get(name)!.tensor!.toNumbers();
  let moved = 0;
  for (const [name, { scale, range }] of after.activations) {
    expect(numbers(`${name}_scale`)).toEqual([scale]);
    const old = before.activations.get(name)!;
    // One that ends where the ReLU6 does may only become smaller.
    if (scale !== old.scale || (learnScales && range.max === 6)) moved++;
    if (old.range.max === 6) expect(scale).toBeLessThanOrEqual(old.scale);
  }
  // That of the data stays as it is.
  expect(moved).toBe(learnScales ? after.activations.size - 1 : 0);
  const plan = planOf(learned);
  for (const [node, rule] of plan.nodes) {
    if (rule.kind !== 'weighted') continue;
    const { weight, bias, integers } = after.weights.get(node.output().name)!;
    const { name } = node.input(rule.weight);
    expect(numbers(`${name}_scale`)).toEqual([...weight.scales]);
    expect(numbers(`${name}_quantized`)).toEqual(weight.tensor.toNumbers());
    expect(Math.max(...weight.tensor.toNumbers().map(Math.abs))).toBeLessThanOrEqual(integers.max);
    const input = after.activations.get(plan.activations.get(node.input(0))!.name)!.scale;
    const steps = [...bias!].map((b, i) => {
      const scale = weight.scales[weight.scales.length === 1 ? 0 : i]!;
      return roundHalfEven(b / Math.fround(input * scale));
    });
    const reads = (use: Use): boolean =>
      use.index === 0 && use.node.output().uses[0]?.node.output().name === twinName(node.output().name);
    const written = [...initializers.values()].find(
      ({ uses, dtype }) => dtype === 'int32' && uses.some(reads),
    );
    expect(written!.tensor!.toNumbers()).toEqual(steps);
  }

  /** A model output keeps its name, the node's own gets another. */
  function twinName(name: string): string {
    return model.graph.outputs.some((output) => output.name === name) ? `${name}_float` : name;
  }
}

test('learns back what two bits a weight have lost, without a label', async () => {
  const encodings = await encoded(float, data, { weights: 2, activations: 4 });
  const before = await accuracyOf(emit(float, encodings).model, data);
  const unlabelled = blobs({ labelled: false });
  const { model, report } = await qat(float, encodings, { data: unlabelled, epochs: 8, learnScales: true });
  const after = await accuracyOf(model, data);
  const best = await accuracyOf(float, data);
  expect(best).toBeGreaterThan(0.9);
  expect(before).toBeLessThan(best - 0.2);
  expect(after).toBeGreaterThan(best - 0.06);
  expect(report.title).toMatch(/^W2A4: Trained 128 steps/);
  expect(report.rows.find(({ kind }) => kind === 'weight')).toMatchObject({ bits: 2, scales: 8 });
});

test('learns numbers by the mean squared error to those of the float model', async () => {
  const numbers = blobs({ labelled: false, targets: true });
  const start = layers.sequential([1, 8, 8], [conv2d(8, 3), relu(), flatten(), dense(1)], { seed: 1 });
  const trained = prepare((await fit(start, numbers, { epochs: 3, loss: 'mse' })).model);
  const encodings = await encoded(trained, numbers, { weights: 3, activations: 4 });
  const { report } = await qat(trained, encodings, {
    data: numbers,
    epochs: 3,
    validation: 0.2,
    learnScales: true,
  });
  const [first, last] = [report.startLoss!, Math.min(...report.training.validation.map(({ loss }) => loss))];
  expect(last).toBeLessThan(0.7 * first);
});

const interrupted: QatOptions = { epochs: 3, learnScales: true, validation: 128, seed: 5, batchSize: 32 };

test('a broken off training goes on to the same bits', async () => {
  const encodings = await encoded(float, data, { weights: 3, activations: 4 });
  const whole = await qat(float, encodings, { ...interrupted, data });
  const controller = new AbortController();
  const saved: Checkpoint[] = [];
  const work = qat(float, encodings, {
    ...{ ...interrupted, data, signal: controller.signal, keepInterrupted: false },
    checkpoint: { save: async (checkpoint) => void saved.push(checkpoint) },
    onProgress: ({ done }) => {
      if (done >= 30) controller.abort(new Error('power cut'));
    },
  });
  await expect(work).rejects.toThrow('power cut');
  const [checkpoint] = saved;
  expect(checkpoint!.history.length).toBeLessThan(84);
  const resumed = await qat(float, encodings, { ...interrupted, data, resume: checkpoint! });
  expect(Buffer.from(writeModel(resumed.model)).equals(writeModel(whole.model))).toBe(true);
  expect(resumed.report.training.history).toEqual(whole.report.training.history);
});

test('interrupted, it gives integers for the best that it has reached', async () => {
  const encodings = await encoded(float, data, { weights: 3, activations: 4 });
  const controller = new AbortController();
  const {
    model,
    float: learned,
    encodings: after,
    report,
  } = await qat(float, encodings, {
    ...{ ...interrupted, data, signal: controller.signal },
    onProgress: ({ done }) => {
      if (done >= 30) controller.abort();
    },
  });
  const { history, warnings, validation } = report.training;
  expect(history.length).toBeLessThan(84);
  expect(validation.length).toBeGreaterThan(0);
  expect(warnings[0]).toMatch(
    /^Interrupted after \d+ of 84 steps: the weights are those of epoch [12], the best one$/,
  );
  const fake = await outputOf(fakeModel(learned, after).model, data);
  expect((await outputOf(model, data)).toNumbers()).toEqual(fake.toNumbers());
});

test('a training that only makes it worse is not taken', async () => {
  const encodings = await encoded(float, data, { weights: 8, activations: 8 });
  const { model, report } = await qat(float, encodings, { data, validation: 128, learningRate: 0.5 });
  expect(report.warnings[0]).toMatch(/^No epoch was better than the start/);
  expect(Buffer.from(writeModel(model)).equals(writeModel(emit(float, encodings).model))).toBe(true);
});
