import { float, type Model } from '../ir/index.ts';
import { opOf } from '../ops/index.ts';
import { type Kernels, kernelBuilder, standardKernels } from './kernels.ts';
import { onlyInput, withOpsets } from './trained-parts.ts';
import { copyForTraining } from './training-forward.ts';

/** A model that gives the batch statistics of every normalization, each fed by what the ones before make of the batch. */
export interface StatisticsGraph {
  /** Fed `images` [B,...sample]; gives the outputs of `statistics`. */
  readonly model: Model;
  /** Name of the output, float32 [channels], by the name of the running statistic. */
  readonly statistics: ReadonlyMap<string, string>;
}

/**
 * Writes the forward pass with normalizations as in training, everything else as at inference. The variance is the
 * biased one, as ONNX has it. Empty `statistics` if the model has no normalization with running statistics; throws UsageError if it
 * does not have one input of static sample shape.
 */
export function statisticsGraph(
  model: Model,
  { batchSize, kernels = standardKernels }: { readonly batchSize: number; readonly kernels?: Kernels },
): StatisticsGraph {
  const { graph } = model.clone();
  const { input, sample } = onlyInput(graph);
  const g = kernelBuilder(kernels, { name: 'statistics' });
  const images = g.input('images', input.dtype ?? 'float32', [batchSize, ...sample]);
  const normalizations = new Set(graph.nodes.filter((node) => opOf(node)?.state));
  // What is kept of the running statistics: nothing, so that they become those of the batch.
  for (const node of normalizations) node.attributes.set('momentum', float(0));
  const bound = new Map([[input, images]]);
  for (const [name, value] of graph.initializers)
    bound.set(value, g.initializer(g.uniqueName(name), value.tensor!));
  const { updates } = copyForTraining(g, graph, bound, {
    kernels,
    isInference: (node) => !normalizations.has(node),
  });
  const statistics = new Map<string, string>();
  for (const [{ name }, value] of updates) {
    g.output(value, `statistics/${name}`);
    statistics.set(name, `statistics/${name}`);
  }
  return { model: withOpsets(g.graph, model, kernels), statistics };
}
