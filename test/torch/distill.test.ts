import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import {
  backward,
  kernelBuilder,
  klDivergence,
  meanSquaredError,
  standardKernels,
} from '../../src/autodiff/index.ts';
import { Exposed } from '../../src/distill/exposed.ts';
import { attentionTransfer } from '../../src/distill/losses/attention.ts';
import { featureDifference } from '../../src/distill/losses/feature.ts';
import { relational } from '../../src/distill/losses/relational.ts';
import { type GraphBuilder, Model, product, Tensor, type Value } from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { createBuilder } from '../../src/ops/index.ts';
import { random } from '../../src/random.ts';
import { InferenceSession } from '../../src/runtime/index.ts';
import { describeWith } from '../support/describe-with.ts';
import { withKernels } from '../support/with-kernels.ts';
import { torch } from './train-in-torch.ts';

interface Job {
  readonly loss: 'kl' | 'mse' | 'feature' | 'attention' | 'relational';
  readonly student: readonly number[];
  readonly teacher: readonly number[];
  readonly temperature?: number;
  /** Spread of the numbers. */
  readonly scale?: number;
}

const jobs: Job[] = [
  { loss: 'kl', temperature: 1, student: [6, 10], teacher: [6, 10] },
  { loss: 'kl', temperature: 4, student: [6, 10], teacher: [6, 10], scale: 5 },
  { loss: 'mse', student: [6, 10], teacher: [6, 10] },
  { loss: 'feature', student: [3, 4, 5, 5], teacher: [3, 4, 5, 5] },
  { loss: 'feature', student: [3, 4, 5, 5], teacher: [3, 7, 5, 5] },
  { loss: 'feature', student: [3, 6, 4], teacher: [3, 6, 9] },
  { loss: 'feature', student: [5, 8], teacher: [5, 3] },
  { loss: 'attention', student: [4, 3, 5, 6], teacher: [4, 8, 5, 6] },
  { loss: 'attention', student: [4, 7, 3], teacher: [4, 7, 5] },
  { loss: 'relational', student: [6, 5], teacher: [6, 9] },
  { loss: 'relational', student: [5, 2, 3, 3], teacher: [5, 4, 2, 2] },
  // Some distances differ by more than 1, where Huber's loss is linear.
  { loss: 'relational', student: [8, 1], teacher: [8, 4], scale: 20 },
];

const write: Record<Job['loss'], (job: Job, g: GraphBuilder, student: Value, teacher: Value) => Value> = {
  kl: ({ temperature = 1 }, g, student, teacher) => klDivergence({ temperature }).write(g, student, teacher),
  mse: (_, g, student, teacher) => meanSquaredError().write(g, student, teacher),
  feature: (_, ...compared) => featureDifference(...compared),
  attention: (_, ...compared) => attentionTransfer(...compared),
  relational: (_, ...compared) => relational(...compared),
};

/** Normal numbers of variance `scale` squared. */
function drawn(
  shape: readonly number[],
  { scale = 1, seed }: { scale?: number | undefined; seed: number },
): Tensor {
  const source = random(seed);
  return Tensor.of(
    'float32',
    Float32Array.from({ length: product(shape) }, () => source.normal() * scale),
    shape,
  );
}

const channelsOf = (shape: readonly number[]): number => (shape.length === 4 ? shape[1]! : shape.at(-1)!);
const isProjected = ({ loss, student, teacher }: Job): boolean =>
  loss === 'feature' && channelsOf(student) !== channelsOf(teacher);

/** A model whose output is projected as `distill` does it. */
function projecting({ student, teacher }: Job): { model: Model; weight: Tensor } {
  const g = createBuilder({ name: 'student' });
  const y = g.op('Identity', [g.input('x', 'float32', student)]);
  g.output(y, 'y');
  const exposed = new Exposed(new Model(g.graph));
  exposed.projection('y', { channels: channelsOf(teacher), seed: 7 });
  return { model: exposed.model, weight: exposed.model.graph.value('distill/projector.weight')!.tensor! };
}

/** Student, teacher, and weight and bias of a projector. */
function inputsOf(job: Job): Tensor[] {
  const { student, teacher, scale } = job;
  const compared = [drawn(student, { scale, seed: 3 }), drawn(teacher, { scale, seed: 4 })];
  if (!isProjected(job)) return compared;
  return [...compared, projecting(job).weight, drawn([channelsOf(teacher)], { seed: 5 })];
}

/** Loss and gradients as training has them. */
async function inOnnxruntime(job: Job, tensors: readonly Tensor[]) {
  const g = kernelBuilder(standardKernels, { name: job.loss });
  const [student, teacher, ...projector] = tensors.map(({ shape }, i) => g.input(`x${i}`, 'float32', shape));
  const own =
    projector.length === 0
      ? student!
      : job.student.length === 4
        ? g.op('Conv', [student!, ...projector])
        : g.op('Add', [g.op('MatMul', [student!, projector[0]!]), projector[1]!]);
  const loss = write[job.loss](job, g, own!, teacher!);
  const gradients = backward(g, loss, [student!, ...projector]);
  g.output(loss, 'loss');
  for (const [i, gradient] of gradients.entries()) g.output(gradient!, `d${i}`);
  const model = withKernels(g.graph, standardKernels);
  model.opsets.set('', 21);
  const found = await runOnce(model, Object.fromEntries(tensors.map((tensor, i) => [`x${i}`, tensor])));
  return { loss: found.loss!, gradients: gradients.map((_, i) => found[`d${i}`]!) };
}

async function runOnce(model: Model, feeds: Record<string, Tensor>): Promise<Record<string, number[]>> {
  const session = await InferenceSession.create(writeModel(model), { optimization: 'basic', keepQdq: true });
  const found = await session.run(feeds);
  await session.release();
  return Object.fromEntries(
    Object.entries(found).map(([name, { data }]) => [name, [...(data as Float32Array)]]),
  );
}

interface Found {
  readonly loss: number;
  readonly gradients: number[][];
  readonly projected: number[];
}

async function inTorch(): Promise<Found[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-torch-'));
  try {
    const all = jobs.map((job) => ({
      ...{ loss: job.loss, temperature: job.temperature ?? null },
      inputs: inputsOf(job).map(({ shape, data }) => ({ shape, data: [...(data as Float32Array)] })),
    }));
    await writeFile(join(folder, 'jobs.json'), JSON.stringify(all));
    const script = fileURLToPath(new URL('distill.py', import.meta.url));
    const { stdout } = await promisify(execFile)(torch.path, [script, folder], { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The largest difference, relative to the largest number that is expected. */
function apart(found: readonly number[], wanted: readonly number[]): number {
  expect(found).toHaveLength(wanted.length);
  const largest = Math.max(...wanted.map(Math.abs));
  expect(largest).toBeGreaterThan(0);
  return Math.max(...found.map((x, i) => Math.abs(x - wanted[i]!))) / largest;
}

describeWith('Losses of distillation beside PyTorch in float64', [torch], () => {
  let expected: Found[];
  beforeAll(async () => {
    expected = await inTorch();
  });

  test.each(jobs.map((job, i) => [JSON.stringify(job), job, i] as const))('%s', async (_, job, i) => {
    const { loss, gradients } = await inOnnxruntime(job, inputsOf(job));
    expect(apart(loss, [expected[i]!.loss])).toBeLessThan(1e-4);
    expect(gradients).toHaveLength(isProjected(job) ? 3 : 1);
    for (const [n, gradient] of gradients.entries())
      expect(apart(gradient, expected[i]!.gradients[n]!)).toBeLessThan(1e-4);
  });

  test.each(jobs.flatMap((job, i) => (isProjected(job) ? [[JSON.stringify(job), job, i] as const] : [])))(
    'the projector of %s',
    async (_, job, i) => {
      const [x, , , bias] = inputsOf(job);
      const { model } = projecting(job);
      model.graph.value('distill/projector.bias')!.tensor = bias;
      const outputs = await runOnce(model, { x: x! });
      expect(apart(outputs[model.graph.outputs[1]!.name]!, expected[i]!.projected)).toBeLessThan(1e-4);
    },
  );
});
