import { setImmediate as turn } from 'node:timers/promises';
import type { Model } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { annotateTypes } from '../../ops/index.ts';
import { extract, removeUnused } from '../../passes/index.ts';
import type { WorkOptions } from '../../report.ts';
import { type Feeds, InferenceSession } from '../../runtime/index.ts';
import type { Calibration } from '../calibrate.ts';
import type { BiasedModel, CorrectableLayer } from './biased-model.ts';
import { addStatistics, ChannelMeter } from './channel-statistics.ts';
import { type Levels, levelsOf } from './levels.ts';

/** As ONNX defines the operators: int8 kernels of this CPU may saturate, and give no value inside a fused pattern. */
export const exactSession = { keepQdq: true, optimization: 'basic' } as const;

export interface SequentialOptions extends WorkOptions {
  readonly calibration: Calibration;
  /** Bytes of activations that may be kept from level to level. */
  readonly memory: number;
}

/**
 * Goes through the levels of a quantized model: at each it measures the mean of every channel of the layers there, with
 * all that `correct` did to the layers before, and hands it to `correct`, which may write a new bias. What a level needs
 * from those before it is kept as integers if it fits into memory, so that all levels together run each node about
 * twice; where it does not fit, the part since the last kept level runs again.
 */
export async function correctInOrder(
  { model, layers }: BiasedModel,
  correct: (layer: CorrectableLayer, mean: Float64Array, level: number) => void,
  options: SequentialOptions,
): Promise<void> {
  const byNode = new Map(layers.map((layer) => [layer.node, layer]));
  const levels = levelsOf(model.graph, new Set(byNode.keys()));
  let kept: Kept = { names: undefined, batches: options.calibration };
  for (let level = 1; level <= levels.depth; level++) {
    const here = layers.filter(({ node }) => levels.of(node) === level);
    const { means, next } = await measure({ model, here, levels, level }, kept, options);
    here.forEach((layer, i) => {
      correct(layer, means[i]!, level);
    });
    kept = next;
    options.onProgress?.({ done: level, total: levels.depth, message: 'levels of layers' });
  }
}

/** Where the next run begins: at values that were kept, or at the inputs of the model (no names). */
interface Kept {
  readonly names: readonly string[] | undefined;
  readonly batches: Calibration;
}

interface Step {
  readonly model: Model;
  readonly here: readonly CorrectableLayer[];
  readonly levels: Levels;
  readonly level: number;
}

/** Channel means of the layers of one level, and what to begin the next one with. */
async function measure({ model, here, levels, level }: Step, kept: Kept, options: SequentialOptions) {
  const frontier = levels.frontier(level);
  const fresh = frontier.filter((name) => !kept.names?.includes(name) && model.graph.value(name)?.producer);
  const session = await InferenceSession.create(
    writeModel(partOf(model, { here, kept, fresh })),
    exactSession,
  );
  const meters = here.map(() => new ChannelMeter());
  const statistics = session.outputNames.filter((name) => !fresh.includes(name));
  const store = new Store(options.memory);
  try {
    for await (const feeds of kept.batches) {
      options.signal?.throwIfAborted();
      const results = await session.run(feeds, store.full ? statistics : undefined);
      for (const [i, meter] of meters.entries()) meter.add(results, i);
      store.add(Object.fromEntries(frontier.map((name) => [name, results[name] ?? feeds[name]!])));
      await turn();
    }
  } finally {
    await session.release();
  }
  const next: Kept = store.full ? kept : { names: frontier, batches: store.batches };
  return { means: meters.map((meter) => meter.statistics().mean), next };
}

/** The nodes between what is kept and what is asked for, with channel means as outputs. */
function partOf(
  model: Model,
  { here, kept, fresh }: { here: readonly CorrectableLayer[]; kept: Kept; fresh: readonly string[] },
): Model {
  const values = here.map(({ node }) => ({ name: node.output().name, axis: 1 }));
  const outputs = [...fresh, ...values.map(({ name }) => name)];
  const part = extract(model, { outputs, ...(kept.names && { inputs: kept.names }) });
  annotateTypes(part.graph);
  part.graph.outputs.splice(fresh.length);
  addStatistics(part, values, true);
  return removeUnused(part);
}

/** Batches of tensors, until they do not fit. */
class Store {
  readonly batches: Feeds[] = [];
  full = false;
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  add(feeds: Feeds): void {
    if (this.full) return;
    for (const tensor of Object.values(feeds)) this.#left -= tensor.bytes.length;
    this.full = this.#left < 0;
    if (this.full) this.batches.length = 0;
    else this.batches.push(feeds);
  }
}
