import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { adamW, standardKernels } from '../../../src/autodiff/index.ts';
import { Dataset } from '../../../src/data/index.ts';
import type { Tensor } from '../../../src/ir/index.ts';
import { batchNormalization, conv2d, dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { readModel, saveModel } from '../../../src/onnx/index.ts';
import { exportTrainingGraph, type FitOptions, fit } from '../../../src/train/index.ts';
import { stripes } from './stripes.ts';

/** Runs in a process that has onnxruntime and nothing of ours: K steps in one call, then K steps in another. */
const script = `
  import { readFile } from 'node:fs/promises';
  import { createRequire } from 'node:module';
  const [, , require, model, job] = process.argv;
  const ort = createRequire(require)('onnxruntime-node');
  const { calls } = JSON.parse(await readFile(job, 'utf8'));
  const session = await ort.InferenceSession.create(model, { graphOptimizationLevel: 'basic' });
  const none = () => new ort.Tensor('float32', new Float32Array(0), [0]);
  let state = Object.fromEntries(session.outputNames.flatMap((name) => name.endsWith("'") ? [[name.slice(0, -1), none()]] : []));
  for (const { images, labels, rates } of calls) {
    const feeds = {
      ...state,
      images: new ort.Tensor('float32', Float32Array.from(images.data), images.shape),
      labels: new ort.Tensor('int64', BigInt64Array.from(labels.data, BigInt), labels.shape),
    };
    for (const [name, values] of Object.entries(rates)) feeds[name] = new ort.Tensor('float32', Float32Array.from(values), [values.length]);
    const results = await session.run(feeds);
    state = Object.fromEntries(Object.entries(results).flatMap(([name, value]) => name.endsWith("'") ? [[name.slice(0, -1), value]] : []));
  }
  const plain = Object.entries(state).map(([name, value]) => [name, Buffer.from(value.data.buffer, value.data.byteOffset, value.data.byteLength).toString('hex')]);
  console.log(JSON.stringify(Object.fromEntries(plain)));
`;

test('onnxruntime alone trains with the file to the same bits as fit does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-export-'));
  try {
    const model = sequential([1, 4, 4], [conv2d(4, 3), batchNormalization(), relu(), flatten(), dense(2)]);
    const data = stripes({ side: 4, count: 8 * 32 });
    const options: FitOptions = {
      batchSize: 32,
      optimizer: 'adamw',
      schedule: 'cosine',
      clipNorm: 1,
      freeze: ['conv1.bias'],
    };
    const { model: trained } = await fit(model, data, { ...options, kernels: standardKernels });
    const file = join(folder, 'training.onnx');
    await saveModel(await exportTrainingGraph(model, options), file);
    const exported = readModel(await readFile(file));
    const batches = await Array.fromAsync(
      data.batches('train', { batchSize: 32, shuffle: 0, dropLast: true }),
    );
    const optimizer = adamW();
    const rates = batches.map((_, i) =>
      optimizer.rates((1e-3 * (1 + Math.cos((Math.PI * i) / 8))) / 2, i + 1),
    );
    const call = (from: number, to: number) => ({
      images: {
        data: batches.slice(from, to).flatMap(({ images }) => [...images.data]),
        shape: [to - from, 32, 1, 4, 4],
      },
      labels: {
        data: batches.slice(from, to).flatMap(({ labels }) => [...labels.data].map(Number)),
        shape: [to - from, 32],
      },
      rates: Object.fromEntries(
        Object.keys(rates[0]!).map((name) => [name, rates.slice(from, to).map((r) => r[name as 'rate'])]),
      ),
    });
    await writeFile(join(folder, 'job.json'), JSON.stringify({ calls: [call(0, 3), call(3, 8)] }));
    await writeFile(join(folder, 'train.mjs'), script);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(folder, 'train.mjs'), fileURLToPath(import.meta.url), file, join(folder, 'job.json')],
      { env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' }, maxBuffer: 2 ** 26 },
    );
    const state = JSON.parse(stdout) as Record<string, string>;
    expect(Object.keys(state).sort()).toEqual(['buffers', 'mean', 'parameters', 'variance']);
    for (const vector of ['parameters', 'buffers']) {
      const places = JSON.parse(exported.metadata.get(`edgebook.${vector}`)!) as {
        name: string;
        offset: number;
      }[];
      expect(places.length).toBeGreaterThan(0);
      for (const { name, offset } of places) {
        const { bytes } = trained.graph.initializers.get(name)!.tensor as Tensor;
        expect(state[vector]!.slice(offset * 8, offset * 8 + bytes.length * 2), name).toBe(
          Buffer.from(bytes).toString('hex'),
        );
      }
    }
    expect(exported.metadata.get('edgebook.optimizer')).toBe('adamw');
    expect(data).toBeInstanceOf(Dataset);
  } finally {
    await rm(folder, { recursive: true });
  }
});
