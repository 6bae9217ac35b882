import { expect, test } from 'vitest';
import { distill, memoryCache } from '../../../src/distill/index.ts';
import type { Model } from '../../../src/ir/index.ts';
import { conv2d, dense, flatten, maxPool2d, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { fit } from '../../../src/train/index.ts';
import { stripes } from '../train/stripes.ts';

const data = stripes({ count: 128, side: 8 });
const net = (channels: number, seed: number): Model =>
  sequential(
    [1, 8, 8],
    [conv2d(channels, 3), relu(), conv2d(channels, 3), relu(), maxPool2d(2), flatten(), dense(2)],
    { seed },
  );
const [teacher, student] = [net(6, 1), net(3, 2)];
const options = { epochs: 2, batchSize: 32, seed: 3, learningRate: 3e-3 };
const bytes = (model: Model): string => Buffer.from(writeModel(model)).toString('base64');
const names = ({ graph }: Model): string[] => graph.nodes.map(({ opType }) => opType);
const unlabelled = data.with({
  splits: { train: { images: data.images('train') } },
  classNames: [],
});

test('alpha 0 is a plain fit, bit for bit', async () => {
  const plain = await fit(student, data, options);
  const distilled = await distill(teacher, student, data, { ...options, alpha: 0 });
  expect(bytes(distilled.model)).toBe(bytes(plain.model));
});

test.each(['kl', 'mse', 'feature', 'attention', 'relational'] as const)(
  '%s is learned, the student keeps its nodes and the teacher its weights',
  async (loss) => {
    const before = bytes(teacher);
    const { model, report } = await distill(teacher, student, data, {
      ...options,
      epochs: 6,
      losses: loss,
    });
    expect(bytes(teacher)).toBe(before);
    expect(names(model)).toEqual(names(student));
    expect([...model.graph.initializers.keys()]).toEqual([...student.graph.initializers.keys()]);
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(
      student.graph.outputs.map(({ name }) => name),
    );
    const parts = report.history.map((step) => step.parts![loss]!);
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(parts.slice(-4))).toBeLessThan(mean(parts.slice(0, 4)));
    const [first] = report.history;
    expect(first!.parts!['cross-entropy']! + first!.parts![loss]!).toBeCloseTo(first!.loss, 5);
  },
);

test('scores are softened by the temperature, 3 if it is not said', async () => {
  const learned = async (more: object) =>
    bytes((await distill(teacher, student, data, { ...options, ...more })).model);
  const [plain, three, one] = [
    await learned({}),
    await learned({ temperature: 3 }),
    await learned({ temperature: 1 }),
  ];
  expect(three).toBe(plain);
  expect(one).not.toBe(plain);
});

test('data without labels are learned from the teacher alone, which is said', async () => {
  const { report } = await distill(teacher, student, unlabelled, options);
  expect(report.warnings.join()).toMatch(/no labels: learned from the teacher alone \(alpha 1\)/);
  expect(Object.keys(report.history[0]!.parts!)).toEqual(['kl']);
  await expect(distill(teacher, student, unlabelled, { ...options, alpha: 0.5 })).rejects.toThrow(
    /alpha' must be 1/,
  );
  await expect(distill(teacher, student, unlabelled, { ...options, losses: 'attention' })).rejects.toThrow(
    /Nothing would train the last layer/,
  );
});

test('cached scores give the same weights as a teacher in the graph', async () => {
  const cache = memoryCache();
  const inGraph = await distill(teacher, student, data, options);
  const first = await distill(teacher, student, data, { ...options, cache });
  const again = await distill(teacher, student, data, { ...options, cache });
  expect(bytes(first.model)).toBe(bytes(inGraph.model));
  expect(bytes(again.model)).toBe(bytes(inGraph.model));
  expect(first.report.warnings.join()).toMatch(/computed once for 128 samples/);
  expect(again.report.warnings.join()).toMatch(/128 samples are from the cache/);
});

test('cached scores of a sample are fed with it: those of another teacher give other weights', async () => {
  const cache = memoryCache();
  const one = await distill(teacher, student, data, { ...options, cache });
  const other = await distill(net(6, 9), student, data, { ...options, cache });
  expect(bytes(one.model)).not.toBe(bytes(other.model));
});

test.each([
  [{ temperature: 0 }, /'temperature' must be a number above 0, was 0/],
  [{ alpha: 2 }, /'alpha' must be a share of the teacher from 0 to 1, was 2/],
  [{ losses: { kll: 1 } as never }, /distillation loss/],
  [{ cache: memoryCache(), augment: { flip: 0.5 } }, /flip change them/],
  [{ cache: memoryCache(), losses: 'feature' as const }, /compare values inside/],
  [{ losses: 'feature' as const, features: [{ teacher: 'nowhere', student: 'x' }] }, /value of the teacher/],
])('refuses %j', async (wrong, message) => {
  await expect(distill(teacher, student, data, { ...options, ...wrong })).rejects.toThrow(message);
});
