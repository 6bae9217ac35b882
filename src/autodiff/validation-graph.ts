import type { Model } from '../ir/index.ts';
import { createBuilder } from '../ops/index.ts';
import { boundForward, onlyInput, trainedParts, withOpsets } from './trained-parts.ts';
import { fedTarget, lossSettings, type TrainingGraphOptions } from './training-graph.ts';
import { lossOf, teacherOutputs, withScores } from './training-target.ts';

/**
 * A model that tells how well the state of a training does on a batch: feed `images` [B,...sample], `labels` or `targets`,
 * `parameters` and `buffers` as of the training graph; returns the scalars `loss` and, for
 * classes, `correct`.
 */
export function validationGraph(
  model: Model,
  options: Omit<TrainingGraphOptions, 'optimizer' | 'clipNorm'>,
): Model {
  const { batchSize, teacher } = options;
  const settings = lossSettings(options);
  const { input, sample } = onlyInput(model.graph);
  const parts = trainedParts(model.graph, options);
  const g = createBuilder({ name: 'validation' });
  const images = g.input('images', input.dtype ?? 'float32', [batchSize, ...sample]);
  const fed = fedTarget(
    settings.target,
    (name, dtype, rest) => g.input(name, dtype, [batchSize, ...rest]),
    model,
  );
  const parameters = g.input('parameters', 'float32', [parts.parameters.size]);
  const buffers = parts.buffers.size ? g.input('buffers', 'float32', [parts.buffers.size]) : undefined;
  const { outputs } = boundForward(g, parts, { images, state: { parameters, buffers }, inference: true });
  const ofTeacher = teacher && teacherOutputs(g, teacher, { images, settings });
  const batch = { images, fed, teacher: ofTeacher };
  const { loss, correct } = lossOf(g, withScores(outputs, settings), { batch, settings });
  g.output(loss, 'loss');
  if (correct) g.output(correct, 'correct');
  return withOpsets(g.graph, model);
}
