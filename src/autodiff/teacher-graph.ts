import type { Model } from '../ir/index.ts';
import { createBuilder } from '../ops/index.ts';
import { onlyInput, withOpsets } from './trained-parts.ts';
import { lossSettings, type TrainingGraphOptions } from './training-graph.ts';
import { teacherOutputs } from './training-target.ts';

/**
 * A model that gives what a training graph takes from this teacher: feed `images` [B,...sample]; returns `scores`
 * float32 [B,...output], before a final activation that the loss contains. The nodes are those of the training graph.
 */
export function teacherGraph(
  teacher: Model,
  options: Pick<TrainingGraphOptions, 'batchSize' | 'loss' | 'target'>,
): Model {
  const { input, sample } = onlyInput(teacher.graph);
  const g = createBuilder({ name: 'teacher' });
  const images = g.input('images', input.dtype ?? 'float32', [options.batchSize, ...sample]);
  const [scores] = teacherOutputs(g, teacher, { images, settings: lossSettings(options) });
  g.output(scores!, 'scores');
  return withOpsets(g.graph, teacher);
}
