import { UsageError } from '../errors.ts';
import {
  dtypeCode,
  formatShape,
  type Graph,
  type GraphBuilder,
  isStatic,
  type Model,
  type Value,
} from '../ir/index.ts';
import { staticShape } from '../ops/static-shape.ts';
import { type Distillation, partOutput, sumOfTerms } from './distillation.ts';
import { correctCount, type Loss } from './losses.ts';
import { copyForTraining } from './training-forward.ts';

/**
 * What outputs are compared with: `labels` fed as class numbers, a `distribution` over the classes fed for each sample,
 * `targets`, numbers fed for each sample, the model's own `input`, as an autoencoder has it, or only a `teacher`.
 */
export type TargetKind = 'labels' | 'distribution' | 'targets' | 'input' | 'teacher';

/** Whether it can be told how many samples are classified right. */
export const hasClasses = (target: TargetKind): boolean => target === 'labels' || target === 'distribution';

export interface LossSettings {
  readonly loss: Loss;
  readonly target: TargetKind;
  /** Share of the target that is spread evenly over all classes (Szegedy et al. 2015, arXiv 1512.00567). */
  readonly smoothing: number;
  /** What is learned from a teacher beside it. */
  readonly distillation?: Distillation | undefined;
}

/** Values of one batch that a loss may need. */
export interface Batch {
  readonly images: Value;
  /** int64 [B] for `labels`, float32 [B,C] for `distribution`, float32 of the outputs' shape for `targets`. */
  readonly fed?: Value;
  /** Outputs of a teacher for the same images, scores first. */
  readonly teacher?: readonly Value[];
}

/** What a step minimizes and counts, float32 scalars. */
interface Measured {
  readonly loss: Value;
  /** Number of right samples; undefined where there are no classes. */
  readonly correct: Value | undefined;
  /** What the loss is the sum of, by name; only of a distillation. */
  readonly parts?: ReadonlyMap<string, Value>;
}

/** Writes loss and number of right samples of a model's outputs, scores first. */
export function lossOf(
  g: GraphBuilder,
  outputs: readonly Value[],
  { batch, settings }: { batch: Batch; settings: LossSettings },
): Measured {
  const { distillation, target, loss } = settings;
  const isKnown = !distillation || target !== 'teacher';
  const plain = isKnown ? plainLoss(g, outputs[0]!, { batch, settings }) : undefined;
  if (!distillation) return plain!;
  const known = plain && { name: loss.name, loss: plain.loss };
  const sum = sumOfTerms(g, distillation, { known, student: outputs, teacher: batch.teacher! });
  return { ...sum, correct: plain?.correct };
}

/** What a step tells, by the name of the output. */
export const metricsOf = ({ loss, correct, parts = new Map() }: Measured): Map<string, Value> =>
  new Map([
    ['loss', loss],
    ...(correct ? [['correct', correct] as const] : []),
    ...[...parts].map(([name, part]) => [partOutput(name), part] as const),
  ]);

function plainLoss(
  g: GraphBuilder,
  scores: Value,
  { batch, settings }: { batch: Batch; settings: LossSettings },
): Measured {
  const { loss, target } = settings;
  const fed = batch.fed!;
  if (!hasClasses(target)) {
    const values = { input: () => asValues(g, batch.images, scores), targets: () => fed };
    const expected = target === 'teacher' ? batch.teacher![0]! : values[target as keyof typeof values]();
    return { loss: loss.write(g, scores, expected), correct: undefined };
  }
  const labels = target === 'labels' ? fed : likeliest(g, fed);
  const expected = loss.compares === 'logits' ? batch.teacher![0]! : smoothed(g, scores, { fed, settings });
  const known = target === 'labels' ? fed : undefined;
  return { loss: loss.write(g, scores, expected, known), correct: correctCount(g, scores, labels) };
}

/** The class with the largest probability; class 1 of a single probability above one half. */
function likeliest(g: GraphBuilder, fed: Value): Value {
  const [batch = 1, classes = 1] = staticShape(fed);
  if (classes > 1) return g.op('ArgMax', [fed], { axis: -1, keepdims: 0 });
  const isPositive = g.op('Greater', [g.op('Reshape', [fed, g.int64s([batch])]), g.scalar(0.5)]);
  return g.op('Cast', [isPositive], { to: dtypeCode('int64') });
}

/**
 * What goes into the loss: the output, or what goes into a final activation that the loss contains, also if that is
 * rounded. Throws UsageError if it has not the shape that the target needs.
 */
function scoresOf(output: Value, { loss, target }: LossSettings): Value {
  const last = unrounded(output).producer;
  const scores = last && last.opType === loss.activation ? last.input(0) : output;
  const ofTeacher = target === 'teacher' && loss.compares === 'values';
  if (ofTeacher || target === 'input' || target === 'targets' || scores.shape?.length === 2) return scores;
  const name = loss.name === 'cross-entropy' ? 'Cross-entropy' : `The loss '${loss.name}'`;
  throw new UsageError(
    `${name} needs class scores of shape [batch, classes], the model's output is ${output}`,
  );
}

/** What goes through integers before a value, or the value itself. */
function unrounded(value: Value): Value {
  let node = value.producer;
  if (node?.opType !== 'DequantizeLinear') return value;
  while (node?.opType === 'DequantizeLinear' || node?.opType === 'Clip') node = node.input(0).producer;
  return node?.opType === 'QuantizeLinear' ? node.input(0) : value;
}

/** Throws UsageError where loss, target and teacher do not fit. */
export function checkTarget(
  { loss, target, smoothing, distillation }: LossSettings,
  graph: Graph,
  teacher?: Graph,
): void {
  if (loss.compares === 'logits' && !teacher)
    throw new UsageError(`The loss '${loss.name}' compares with a teacher's scores: give a 'teacher'`);
  if ((target === 'input' || target === 'targets') && loss.compares !== 'values')
    throw new UsageError(
      `The loss '${loss.name}' compares with classes, the target is ${target === 'input' ? "the model's input" : 'numbers'}: take 'mse' or 'huber'`,
    );
  if (target === 'teacher' && loss.compares === 'classes' && !distillation)
    throw new UsageError(`The loss '${loss.name}' does not compare with a teacher: take 'kl' or 'mse'`);
  if ((target === 'teacher' || distillation) && !teacher)
    throw new UsageError("The target 'teacher' is what another model computes: give a 'teacher'");
  if (!(smoothing >= 0 && smoothing < 1))
    throw new UsageError(`'labelSmoothing' must be a number from 0 to below 1, was ${smoothing}`);
  if (smoothing > 0 && !hasClasses(target))
    throw new UsageError(`'labelSmoothing' is for labels, there are none in this training: leave it out`);
  const classes = graph.outputs[0]?.shape?.[1];
  if (loss.name === 'cross-entropy' && classes === 1)
    throw new UsageError(
      `Cross-entropy needs at least two class scores, the model has one: take the loss 'bce'`,
    );
}

/** Class numbers as probabilities, those of `labels` smoothed. */
function smoothed(
  g: GraphBuilder,
  scores: Value,
  { fed, settings: { target, smoothing } }: { fed: Value; settings: LossSettings },
): Value {
  const [batch = 1, classes = 1] = staticShape(scores);
  const even = smoothing / Math.max(2, classes);
  if (target === 'distribution') return smoothing ? spread(g, fed, { smoothing, even }) : fed;
  if (classes === 1) {
    const positive = g.op('Reshape', [
      g.op('Cast', [fed], { to: dtypeCode('float32') }),
      g.int64s([batch, 1]),
    ]);
    return smoothing ? spread(g, positive, { smoothing, even }) : positive;
  }
  const offOn = g.constant('float32', [even, 1 - smoothing + even]);
  return g.op('OneHot', [fed, g.constant('int64', [classes], []), offOn], { axis: -1 });
}

const spread = (
  g: GraphBuilder,
  target: Value,
  { smoothing, even }: { smoothing: number; even: number },
): Value => g.op('Add', [g.op('Mul', [target, g.scalar(1 - smoothing)]), g.scalar(even)]);

/** The images in the shape of the outputs. */
function asValues(g: GraphBuilder, images: Value, output: Value): Value {
  const size = (value: Value): number =>
    isStatic(value.shape) ? value.shape.reduce((a, b) => a * b, 1) : -1;
  if (size(images) !== size(output))
    throw new UsageError(
      `To be compared with its input ${formatShape(images.shape)}, the model's output must have as many numbers, is ${output}`,
    );
  return images.shape?.length === output.shape?.length
    ? images
    : g.op('Reshape', [images, g.int64s(staticShape(output))]);
}

/** The outputs of another model for the same images, class scores first; its weights become constants. */
export function teacherOutputs(
  g: GraphBuilder,
  teacher: Model,
  { images, settings }: { images: Value; settings: LossSettings },
): Value[] {
  const bound = new Map([[teacher.graph.feeds[0]!, images]]);
  const { outputs } = copyForTraining(g, teacher.graph, bound, { isInference: () => true });
  return withScores(outputs, settings);
}

/** Outputs with the class scores in place of the first. */
export const withScores = ([first, ...others]: readonly Value[], settings: LossSettings): Value[] => [
  scoresOf(first!, settings),
  ...others,
];
