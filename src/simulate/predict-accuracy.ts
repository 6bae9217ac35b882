import { setImmediate as turn } from 'node:timers/promises';
import { type ClassifierPorts, classifierPorts, padBatch } from '../bench/classifier-ports.ts';
import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import type { Model, Tensor } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import type { WorkOptions } from '../report.ts';
import { type Feeds, InferenceSession } from '../runtime/index.ts';
import { type Cpu, cpuOf } from './cpu.ts';
import { multiplySaturating } from './multiply.ts';
import { observeSaturation } from './saturation.ts';
import { SimulationReport } from './simulation-report.ts';
import { Simulator } from './simulator.ts';

export interface PredictOptions extends WorkOptions {
  /** Default `avx2`. */
  readonly cpu?: string | Cpu;
  /** Default `test`. */
  readonly split?: string;
  /** The first samples of the split. Default 256. */
  readonly limit?: number;
  /** Default 32; a model with a fixed batch is always run at that. */
  readonly batchSize?: number;
}

/** Samples on which saturation is looked at. */
const observed = 64;

/**
 * Classifies samples as another processor would, and as this machine does: the accuracy to expect over there beside the
 * one that is measured here, and where products saturate the layers in which they do. The model takes one float32 input
 * [batch, ...sample shape] and gives float32 [batch, classes] first. Throws ModelError if it does not fit the data set or
 * has no integer operator, UsageError for an unknown processor or a limit that is no whole number of 1 or more.
 */
export async function predictAccuracy(
  model: Model,
  dataset: Dataset,
  options: PredictOptions = {},
): Promise<SimulationReport> {
  const { split = 'test', limit = 256, signal } = options;
  if (!Number.isInteger(limit) || limit < 1)
    throw new UsageError(`The samples must be a whole number of 1 or more, was ${limit}`);
  const cpu = typeof options.cpu === 'object' ? options.cpu : cpuOf(options.cpu ?? 'avx2');
  // It refuses a float model, before there is a session to release.
  const simulator = await Simulator.create(model, { cpu });
  const session = await InferenceSession.create(writeModel(model));
  try {
    const seen = await classifyTwice({ session, simulator }, dataset, { ...options, split, limit });
    const saturates = cpu.multiply({ a: 'uint8', b: 'int8' }) === multiplySaturating;
    const saturation = saturates
      ? await observeSaturation(model, seen.sample, { ...(signal && { signal }) })
      : undefined;
    const labels = dataset.labels(split);
    const { warnings } = simulator;
    return new SimulationReport({ ...seen, cpu, dataset: dataset.name, split, labels, saturation, warnings });
  } finally {
    await Promise.all([session.release(), simulator.release()]);
  }
}

interface Runners {
  /** This machine. */
  readonly session: InferenceSession;
  readonly simulator: Simulator;
}

interface Classified {
  readonly here: readonly number[];
  readonly there: readonly number[];
  /** The first batches. */
  readonly sample: readonly Feeds[];
}

async function classifyTwice(
  { session, simulator }: Runners,
  dataset: Dataset,
  options: PredictOptions & { readonly split: string; readonly limit: number },
): Promise<Classified> {
  const { split, signal } = options;
  const ports = classifierPorts(session, dataset);
  const batchSize = ports.batch ?? options.batchSize ?? 32;
  const total = Math.min(dataset.size(split), options.limit);
  const [here, there, sample]: [number[], number[], Feeds[]] = [[], [], []];
  for await (const { images } of dataset.batches(split, { batchSize, limit: total })) {
    signal?.throwIfAborted();
    const count = images.shape[0]!;
    const feeds = feedsOf(ports, images);
    here.push(...classesOf((await session.run(feeds, [ports.output]))[ports.output]!, count));
    there.push(...classesOf((await simulator.run(feeds, signal))[ports.output]!, count));
    if (sample.length * batchSize < observed) sample.push(feeds);
    options.onProgress?.({ done: there.length, total, message: 'samples' });
    await turn();
  }
  return { here, there, sample };
}

function feedsOf({ input, batch }: ClassifierPorts, images: Tensor<'float32'>): Feeds {
  return { [input]: batch === undefined ? images : padBatch(images, batch) };
}

/** The class with the highest score, the first of equals, of the first `count` rows. */
function classesOf({ data, shape }: Tensor, count: number): number[] {
  const classes = shape.at(-1)!;
  const scores = data as Float32Array;
  return Array.from({ length: count }, (_, row) => {
    let best = 0;
    for (let i = 1; i < classes; i++)
      if (scores[row * classes + i]! > scores[row * classes + best]!) best = i;
    return best;
  });
}
