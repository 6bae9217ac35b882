/**
 * Our side of the training benchmark, with the protocol of `training.py`.
 *
 * Usage: training-ours.ts NETWORK BATCH THREADS [standard]. `standard` leaves onnxruntime's own kernels alone.
 */
import { createInterface } from 'node:readline';
import { sgd, type TrainingGraph, trainingGraph } from '../src/autodiff/index.ts';
import { Tensor } from '../src/ir/index.ts';
import { probeKernels } from '../src/kernels/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { random } from '../src/random.ts';
import { InferenceSession, onnxruntimeVersion } from '../src/runtime/index.ts';
import { type Network, networks } from './training-networks.ts';

/** Steps of one call into the runtime. */
const perCall = 4;

const [name = '', batch = '', threads = '', form] = process.argv.slice(2);
const network = networks[name]!;
const batchSize = Number(batch);
const model = network.build();
const { kernels, missing } = form === 'standard' ? { kernels: undefined, missing: [] } : await probeKernels();
const graph = trainingGraph(model, { optimizer: sgd(), batchSize, ...(kernels && { kernels }) });
const session = await InferenceSession.create(writeModel(graph.model), {
  optimization: 'basic',
  keepQdq: true,
  threads: Number(threads),
});
let state = initialState(graph);
const data = randomBatches(network);

say({
  version: `onnxruntime ${onnxruntimeVersion()}`,
  parameters: graph.parameters.size,
  blocked: graph.formulations.filter(({ layout }) => layout === 'blocked').length,
  nodes: graph.formulations.length,
  missing,
});
for await (const line of createInterface({ input: process.stdin })) {
  const seconds: number[] = [];
  let loss = Number.NaN;
  const busy = process.cpuUsage();
  for (let step = 0; step < Number(line); step += perCall) {
    const started = performance.now();
    const results = await session.run({ ...state, ...data });
    state = Object.fromEntries(Object.keys(state).map((key) => [key, results[`${key}'`]!]));
    loss = (results.loss!.data as Float32Array).at(-1)!;
    seconds.push((performance.now() - started) / 1000 / perCall);
  }
  const { user, system } = process.cpuUsage(busy);
  const processor = (user + system) / 1e6 / perCall / seconds.length;
  say({ seconds, processor, loss, peakBytes: process.resourceUsage().maxRSS * 1024 });
}

function initialState({ parameters, buffers }: TrainingGraph): Record<string, Tensor> {
  const tensors = new Map([...model.graph.initializers].map(([key, value]) => [key, value.tensor!]));
  return {
    parameters: parameters.pack(tensors),
    velocity: Tensor.of('float32', new Float32Array(parameters.size)),
    ...(buffers.size > 0 && { buffers: buffers.pack(tensors) }),
  };
}

function randomBatches({ sample }: Network): Record<string, Tensor> {
  const source = random(0);
  const size = perCall * batchSize * sample.reduce((a, b) => a * b, 1);
  const images = Float32Array.from({ length: size }, () => source.uniform());
  const labels = BigInt64Array.from({ length: perCall * batchSize }, () => BigInt(source.integer(10)));
  return {
    images: Tensor.of('float32', images, [perCall, batchSize, ...sample]),
    labels: Tensor.of('int64', labels, [perCall, batchSize]),
    rate: Tensor.of('float32', new Float32Array(perCall).fill(0.01)),
  };
}

function say(record: unknown): void {
  process.stdout.write(`${JSON.stringify(record)}\n`);
}
