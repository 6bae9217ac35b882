import type { Model } from '../ir/index.ts';
import { backward } from './backward.ts';
import { kernelBuilder, standardKernels } from './kernels.ts';
import { onlyInput, trainedParts, withOpsets } from './trained-parts.ts';
import { copyForTraining } from './training-forward.ts';
import { fedTarget, lossSettings, type TrainingGraphOptions } from './training-graph.ts';
import { checkTarget, lossOf, teacherOutputs, withScores } from './training-target.ts';

/** A model that gives the gradient of the loss for the weights as they are. */
export interface GradientGraph {
  /** Fed `images` [B,...sample] and `labels` or `targets`; gives the scalar `loss` and the outputs of `gradients`. */
  readonly model: Model;
  /** Name of the output, in the weight's shape, by the name of the weight; without weights that the loss does not depend on. */
  readonly gradients: ReadonlyMap<string, string>;
}

/**
 * Writes forward pass, loss and backward pass of a model as it is at inference: normalizations keep their statistics.
 * Throws ModelError where an operator has no gradient, UsageError if the model does not map one input of static sample
 * shape to what the loss takes, or a teacher that the loss needs is not there.
 */
export function gradientGraph(
  model: Model,
  options: Pick<
    TrainingGraphOptions,
    'batchSize' | 'loss' | 'target' | 'labelSmoothing' | 'teacher' | 'frozen' | 'kernels'
  >,
): GradientGraph {
  const { batchSize, teacher, kernels = standardKernels } = options;
  const settings = lossSettings(options);
  checkTarget(settings, model.graph, teacher?.graph);
  const { input, sample } = onlyInput(model.graph);
  const parts = trainedParts(model.graph, options);
  const g = kernelBuilder(kernels, { name: 'gradients' });
  const images = g.input('images', input.dtype ?? 'float32', [batchSize, ...sample]);
  const fed = fedTarget(
    settings.target,
    (name, dtype, rest) => g.input(name, dtype, [batchSize, ...rest]),
    model,
  );
  const { parameters } = parts.constants;
  const weights = parameters.map(({ name, tensor }) => g.initializer(g.uniqueName(name), tensor!));
  const bound = new Map([[input, images], ...parameters.map((value, i) => [value, weights[i]!] as const)]);
  const { outputs, tape } = copyForTraining(g, model.graph, bound, { kernels, isInference: () => true });
  const ofTeacher = teacher && teacherOutputs(g, teacher, { images, settings });
  const batch = { images, ...(fed && { fed }), ...(ofTeacher && { teacher: ofTeacher }) };
  const { loss } = lossOf(g, withScores(outputs, settings), { batch, settings });
  g.output(loss, 'loss');
  const found = backward(g, loss, weights, tape);
  const gradients = new Map<string, string>();
  for (const [i, gradient] of found.entries()) {
    if (!gradient) continue;
    const name = `gradient/${parameters[i]!.name}`;
    g.output(gradient, name);
    gradients.set(parameters[i]!.name, name);
  }
  return { model: withOpsets(g.graph, model, kernels), gradients };
}
