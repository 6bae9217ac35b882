import { isStatic, type Model, product, Tensor, Value } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { removeUnused } from '../../passes/index.ts';
import { InferenceSession } from '../../runtime/index.ts';
import type { BiasedModel, CorrectableLayer } from './biased-model.ts';
import { addStatistics, ChannelMeter } from './channel-statistics.ts';
import { exactSession } from './full-correction.ts';

/**
 * Channel means of what each quantized layer gives, alone, for an input that is everywhere the mean of its channel.
 * `inputs`: these means by name of the layer. Layers whose input has no fixed shape behind the batch are left out.
 * Source: NNCF's FastBiasCorrection.
 */
export async function meansOfMeanInputs(
  { model, layers }: BiasedModel,
  inputs: ReadonlyMap<string, Float64Array>,
): Promise<Map<string, Float64Array>> {
  const fixed = layers.filter(({ node }) => isStatic(node.input(0).shape?.slice(1)));
  if (fixed.length === 0) return new Map();
  const session = await InferenceSession.create(writeModel(aloneWith(model, fixed, inputs)), exactSession);
  try {
    const results = await session.run({});
    return new Map(
      fixed.map(({ name }, i) => {
        const meter = new ChannelMeter();
        meter.add(results, i);
        return [name, meter.statistics().mean];
      }),
    );
  } finally {
    await session.release();
  }
}

/** A model without inputs, in which each layer reads a constant of channel means. */
function aloneWith(
  model: Model,
  layers: readonly CorrectableLayer[],
  inputs: ReadonlyMap<string, Float64Array>,
): Model {
  const copy = model.clone();
  const { graph } = copy;
  const byOutput = new Map(graph.nodes.map((node) => [node.outputs[0]!.name, node]));
  graph.outputs.length = 0;
  graph.inputs.length = 0;
  for (const { name, node } of layers) {
    const shape = [1, ...(node.input(0).shape!.slice(1) as number[])];
    const means = inputs.get(name)!;
    const inner = product(shape.slice(2));
    const data = Float32Array.from({ length: product(shape) }, (_, i) => means[Math.floor(i / inner)]!);
    const constant = new Value(
      graph.uniqueName(`${name}_mean`),
      undefined,
      Tensor.of('float32', data, shape),
    );
    byOutput.get(node.output().name)!.setInput(0, graph.addInitializer(constant));
  }
  addStatistics(
    copy,
    layers.map(({ node }) => ({ name: node.output().name, axis: 1 })),
    true,
  );
  return removeUnused(copy);
}
