import { Tensor } from '../../../ir/index.ts';
import { writeModel } from '../../../onnx/index.ts';
import { createBuilder } from '../../../ops/index.ts';
import { InferenceSession } from '../../../runtime/index.ts';
import type { LayerData, Rows } from './layer-data.ts';
import { layerConstants, layerModel, writeLayer } from './layer-graph.ts';
import type { WeightedLayer } from './weighted-layer.ts';

interface TargetFeeds {
  readonly input: Tensor;
  readonly target: Tensor;
}

/** Measures how far a layer's outputs are from its targets for given weights. Release it when done. */
export class LayerMeter {
  readonly #session: InferenceSession;
  readonly #layer: WeightedLayer;
  readonly #feeds: TargetFeeds;

  private constructor(session: InferenceSession, layer: WeightedLayer, feeds: TargetFeeds) {
    this.#session = session;
    this.#layer = layer;
    this.#feeds = feeds;
  }

  static async create(layer: WeightedLayer, { data, rows, bias, opset }: MeterSetup): Promise<LayerMeter> {
    const { groups, columns, channels } = layer;
    const g = createBuilder({ name: 'layer' });
    const count = rows.to - rows.from;
    const x = g.input('input', 'float32', [groups, count, columns]);
    const target = g.input('target', 'float32', [groups, count, channels]);
    const w = g.input('weight', 'float32', [groups, columns, channels]);
    const ones = new Float32Array(groups * channels).fill(1);
    const y = writeLayer(g, layer, { x, w, constants: layerConstants(g, layer, { scales: ones, bias }) });
    const error = g.op('Sub', [y, target]);
    g.output(g.op('ReduceMean', [g.op('Mul', [error, error]), g.int64s([1])], { keepdims: 0 }), 'error');
    const session = await InferenceSession.create(writeModel(layerModel(g.graph, { opset })), {
      optimization: 'basic',
    });
    const feeds = { input: cut(data.input, rows), target: cut(data.target, rows) };
    return new LayerMeter(session, layer, feeds);
  }

  /** Mean squared error over the rows, one number an output channel. `weight`: real numbers [groups, columns, channels]. */
  async errors(weight: Float32Array): Promise<Float32Array> {
    const { groups, columns, channels } = this.#layer;
    const shaped = Tensor.of('float32', weight, [groups, columns, channels]);
    const { error } = await this.#session.run({ ...this.#feeds, weight: shaped });
    return error!.data as Float32Array;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

export interface MeterSetup {
  readonly data: LayerData;
  readonly rows: Rows;
  /** [groups, channels]. */
  readonly bias: Float32Array | undefined;
  readonly opset: number;
}

/** Rows of [groups, rows, size]. */
function cut(tensor: Tensor, { from, to }: Rows): Tensor {
  const [groups = 1, rows = 1, size = 1] = tensor.shape;
  const data = tensor.data as Float32Array;
  const part = new Float32Array(groups * (to - from) * size);
  for (let g = 0; g < groups; g++)
    part.set(data.subarray((g * rows + from) * size, (g * rows + to) * size), g * (to - from) * size);
  return Tensor.of('float32', part, [groups, to - from, size]);
}

/** The mean square of the targets in those rows: what an error is to be compared with. */
export function targetPower({ target }: LayerData, rows: Rows): number {
  const data = cut(target, rows).data as Float32Array;
  return data.reduce((sum, x) => sum + x * x, 0) / data.length;
}
