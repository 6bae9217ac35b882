import type { Model, Node, Value } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { annotateTypes, constantOf } from '../../ops/index.ts';
import { type Feeds, InferenceSession } from '../../runtime/index.ts';
import { AppendedNodes } from '../appended-nodes.ts';

/** What one channel was in training, as its BatchNormalization remembers, and on the calibration data. */
export interface ChannelMatch {
  readonly trainedMean: number;
  /** Of the running variance plus epsilon, as it is divided by. */
  readonly trainedDeviation: number;
  /** Without epsilon. */
  readonly trainedVariance: number;
  readonly mean: number;
  readonly deviation: number;
  /** Standard error of the mean, since samples differ. */
  readonly error: number;
}

/** The channels of what one BatchNormalization normalizes. */
export interface NormMatch {
  /** Label of the node. */
  readonly node: string;
  readonly channels: readonly ChannelMatch[];
}

interface Watched {
  readonly norm: Node;
  /** Output names: mean and sum of squares by [sample, channel, 1], and the shape of what they are over. */
  readonly mean: string;
  readonly squares: string;
  readonly shape: string;
  readonly sums: ChannelSums;
}

interface ChannelSums {
  samples: number;
  /** Of the samples' means, of their squares, and of the samples' mean squares, by channel. */
  readonly means: Float64Array;
  readonly meansSquared: Float64Array;
  readonly squares: Float64Array;
}

/** Compares what reaches the BatchNormalizations of a float model with their running statistics, batch after batch. */
export class BatchStatistics {
  readonly #watched: readonly Watched[];
  readonly #session: InferenceSession;

  private constructor(watched: readonly Watched[], session: InferenceSession) {
    this.#watched = watched;
    this.#session = session;
  }

  /** Of a model as it was trained, before batch normalization joins convolutions. Undefined if it has none to compare. */
  static async create(model: Model): Promise<BatchStatistics | undefined> {
    const copy = model.clone();
    const { graph } = copy;
    annotateTypes(graph);
    const nodes = new AppendedNodes(graph, copy.opset);
    const outputs: Value[] = [];
    // The last one first, for the same reason as in `exposeExtremes`.
    const norms = graph.nodes.filter(isComparable).reverse();
    const watched = norms.map((norm) => watch(norm, nodes, outputs)).reverse();
    if (watched.length === 0) return undefined;
    graph.outputs.splice(0, graph.outputs.length, ...outputs);
    return new BatchStatistics(
      watched,
      await InferenceSession.create(writeModel(copy), { memoryPattern: false }),
    );
  }

  async observe(feeds: Feeds): Promise<void> {
    const results = await this.#session.run(feeds);
    for (const { mean, squares, shape, sums } of this.#watched) {
      const positions = results[shape]!.toNumbers()[2]!;
      const means = results[mean]!.data as Float32Array;
      const sumsOfSquares = results[squares]!.data as Float32Array;
      const channels = sums.means.length;
      sums.samples += means.length / channels;
      for (let i = 0; i < means.length; i++) {
        const channel = i % channels;
        sums.means[channel]! += means[i]!;
        sums.meansSquared[channel]! += means[i]! ** 2;
        sums.squares[channel]! += sumsOfSquares[i]! / positions;
      }
    }
  }

  /** Of all batches so far, in the order of the graph. */
  get matches(): NormMatch[] {
    return this.#watched.map(({ norm, sums }) => ({ node: norm.label, channels: channelsOf(norm, sums) }));
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** In inference mode, with constant statistics, after something whose rank is known. */
const isComparable = (node: Node): boolean =>
  node.opType === 'BatchNormalization' &&
  node.domain === '' &&
  node.int('training_mode', 0) === 0 &&
  node.inputs.slice(3, 5).every((value) => constantOf(value)?.dtype === 'float32') &&
  (node.input(0).shape?.length ?? 0) >= 2;

function watch(norm: Node, nodes: AppendedNodes, outputs: Value[]): Watched {
  const x = norm.input(0);
  const flat = nodes.add('Reshape', [x, nodes.int64s([0, constantOf(norm.input(3))!.size, -1])], {
    name: `${x.name}_positions`,
  });
  const name = (what: string) => `${x.name}_${what}`;
  const mean = nodes.reduce('ReduceMean', flat, { axis: 2, asInput: 18, name: name('mean') });
  const squares = nodes.reduce('ReduceSumSquare', flat, { axis: 2, asInput: 18, name: name('squares') });
  const shape = nodes.add('Shape', [flat], { name: name('shape') });
  shape.type = { dtype: 'int64', shape: [3] };
  outputs.push(mean, squares, shape);
  const zeros = () => new Float64Array(constantOf(norm.input(3))!.size);
  const sums = { samples: 0, means: zeros(), meansSquared: zeros(), squares: zeros() };
  return { norm, mean: mean.name, squares: squares.name, shape: shape.name, sums };
}

function channelsOf(norm: Node, { samples, means, meansSquared, squares }: ChannelSums): ChannelMatch[] {
  const [trained, variances] = [3, 4].map((i) => constantOf(norm.input(i))!.data as Float32Array);
  return Array.from(trained!, (trainedMean, channel) => {
    const mean = means[channel]! / samples;
    const between = Math.max(0, meansSquared[channel]! / samples - mean ** 2);
    return {
      trainedMean,
      trainedVariance: variances![channel]!,
      trainedDeviation: Math.sqrt(variances![channel]! + norm.float('epsilon', 1e-5)),
      mean,
      deviation: Math.sqrt(Math.max(0, squares[channel]! / samples - mean ** 2)),
      error: samples > 1 ? Math.sqrt(between / (samples - 1)) : Infinity,
    };
  });
}
