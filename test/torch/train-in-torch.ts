import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Batch } from '../../src/data/index.ts';
import { type Model, product } from '../../src/ir/index.ts';
import { python } from '../support/requirement.ts';

export const torch = python('EDGEBOOK_TORCH_PYTHON', ['torch'], '/usr/bin/python3');

export interface TorchJob {
  readonly network: 'lenet' | 'mobile';
  readonly optimizer: 'adam' | 'sgd';
  readonly rate: number;
}

export interface TorchRun {
  /** One per step. */
  readonly losses: readonly number[];
  /** Wall time of all steps, on two threads. */
  readonly seconds: number;
  /** Of each batch normalization after the last step; `count` numbers are behind each mean of a batch. */
  readonly statistics: readonly { mean: number[]; variance: number[]; count: number }[];
}

/** Trains the same network from the weights of `model` on `batches` in PyTorch, once in each precision. */
export async function trainInTorch(
  job: TorchJob,
  { model, batches }: { model: Model; batches: readonly Batch[] },
): Promise<Record<'float32' | 'float64', TorchRun>> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-torch-'));
  try {
    const tensors = [...model.graph.initializers.values()].flatMap(({ tensor }) =>
      tensor && product(tensor.shape) > 1 ? tensor : [],
    );
    const images = [batches.length, ...batches[0]!.images.shape];
    const shapes = tensors.map((tensor) => tensor.shape);
    await writeFile(join(folder, 'job.json'), JSON.stringify({ ...job, images, shapes }));
    await writeFile(join(folder, 'weights.f32'), Buffer.concat(tensors.map((tensor) => tensor.bytes)));
    await writeFile(join(folder, 'images.f32'), Buffer.concat(batches.map((batch) => batch.images.bytes)));
    await writeFile(join(folder, 'labels.i64'), Buffer.concat(batches.map((batch) => batch.labels.bytes)));
    const script = fileURLToPath(new URL('train.py', import.meta.url));
    const { stdout } = await promisify(execFile)(torch.path, [script, folder], { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}
