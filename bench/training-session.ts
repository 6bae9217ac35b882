/** A network with the session that trains it, on random batches in memory: what the training benchmarks run. */
import { sgd, type TrainingGraph, trainingGraph } from '../src/autodiff/index.ts';
import { type Model, Tensor } from '../src/ir/index.ts';
import { type Probe, probeKernels } from '../src/kernels/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { random } from '../src/random.ts';
import { InferenceSession } from '../src/runtime/index.ts';
import type { Network } from './training-networks.ts';

export interface TrainingSession {
  readonly graph: TrainingGraph;
  readonly missing: Probe['missing'];
  /** Takes the steps of one call; returns the flat parameters and the last loss. */
  call(): Promise<{ parameters: Float32Array; loss: number }>;
}

export interface SessionSize {
  readonly batchSize: number;
  readonly threads: number;
  /** Steps of one call into the runtime. */
  readonly perCall: number;
  /** Leaves onnxruntime's own kernels alone. */
  readonly standard?: boolean;
}

export async function trainingSession(network: Network, size: SessionSize): Promise<TrainingSession> {
  const { batchSize, threads, standard = false } = size;
  const model = network.build();
  const { kernels, missing } = standard ? { kernels: undefined, missing: [] } : await probeKernels();
  const graph = trainingGraph(model, { optimizer: sgd(), batchSize, ...(kernels && { kernels }) });
  const options = { optimization: 'basic', keepQdq: true, threads } as const;
  const session = await InferenceSession.create(writeModel(graph.model), options);
  let state = initialState(model, graph);
  const data = randomBatches(network, size);
  const call = async () => {
    const results = await session.run({ ...state, ...data });
    state = Object.fromEntries(Object.keys(state).map((key) => [key, results[`${key}'`]!]));
    const parameters = state.parameters!.data as Float32Array;
    return { parameters, loss: (results.loss!.data as Float32Array).at(-1)! };
  };
  return { graph, missing, call };
}

function initialState(model: Model, { parameters, buffers }: TrainingGraph): Record<string, Tensor> {
  const tensors = new Map([...model.graph.initializers].map(([key, value]) => [key, value.tensor!]));
  return {
    parameters: parameters.pack(tensors),
    velocity: Tensor.of('float32', new Float32Array(parameters.size)),
    ...(buffers.size > 0 && { buffers: buffers.pack(tensors) }),
  };
}

function randomBatches({ sample }: Network, { perCall, batchSize }: SessionSize): Record<string, Tensor> {
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
