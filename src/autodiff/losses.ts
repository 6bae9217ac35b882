import { dtypeCode, type GraphBuilder, type Value } from '../ir/index.ts';
import { staticShape } from '../ops/static-shape.ts';

/** A loss as graph nodes: how far outputs are from their targets, averaged over the batch. */
export interface Loss {
  readonly name: string;
  /** Names the axis of a curve. */
  readonly title: string;
  /**
   * What the targets are: `classes` a probability for each class, `values` numbers like the outputs,
   * `logits` the class scores of a teacher.
   */
  readonly compares: 'classes' | 'values' | 'logits';
  /** The final activation that the loss contains: if a model ends with it, the loss takes what goes into it. */
  readonly activation?: 'Softmax' | 'Sigmoid';
  /**
   * Writes the loss, a float32 scalar, of outputs and targets of one static shape [B,...]. `labels` int64 [B] are what
   * the targets were made from, if that is what they are.
   */
  write(g: GraphBuilder, output: Value, target: Value, labels?: Value): Value;
}

/**
 * Softmax cross-entropy of class scores [B,C] with probabilities [B,C], the mean over the batch. Log-softmax times the
 * target, so that it is exact where softmax would round to 0. `classWeights`, one a class, multiply the terms as in
 * PyTorch's CrossEntropyLoss: the mean is then weighted by those of the labels; without labels it is over the batch.
 */
export const crossEntropy = ({ classWeights }: { classWeights?: readonly number[] } = {}): Loss => ({
  name: 'cross-entropy',
  title: 'Cross-entropy',
  compares: 'classes',
  activation: 'Softmax',
  write(g, output, target, labels) {
    const logProbabilities = g.op('LogSoftmax', [output], { axis: -1 });
    const terms = g.op('Mul', [logProbabilities, target]);
    return classWeights ? weightedMean(g, terms, { classWeights, labels }) : perSample(g, terms, -1);
  },
});

function weightedMean(
  g: GraphBuilder,
  terms: Value,
  { classWeights, labels }: { classWeights: readonly number[]; labels: Value | undefined },
): Value {
  const weights = g.constant('float32', classWeights);
  const weighted = g.op('Mul', [terms, weights]);
  if (!labels) return perSample(g, weighted, -1);
  const ofSamples = g.op('Gather', [weights, labels], { axis: 0 });
  const total = g.op('ReduceSum', [ofSamples, g.int64s([0])], { keepdims: 0 });
  // A batch in which no sample counts has loss 0, not 0 / 0.
  const divisor = g.op('Max', [total, g.scalar(smallestTotal)]);
  return g.op('Neg', [g.op('Div', [sumAll(g, weighted), divisor])]);
}

const smallestTotal = 1e-30;

/** Binary cross-entropy of logits with probabilities, the mean over all elements; exact for large logits. */
export const binaryCrossEntropy = (): Loss => ({
  name: 'binary cross-entropy',
  title: 'Binary cross-entropy',
  compares: 'classes',
  activation: 'Sigmoid',
  write(g, output, target) {
    // log sigmoid(x) is log-softmax of [0, x]: smooth, and finite for every x.
    const shape = staticShape(output);
    const last = g.int64s([shape.length]);
    const x = g.op('Unsqueeze', [output, last]);
    const zero = g.op('Mul', [x, g.scalar(0)]);
    const both = g.op('LogSoftmax', [g.op('Concat', [zero, x], { axis: -1 })], { axis: -1 });
    const t = g.op('Unsqueeze', [target, last]);
    const weights = g.op('Concat', [g.op('Sub', [g.scalar(1), t]), t], { axis: -1 });
    const sum = sumAll(g, g.op('Mul', [both, weights]));
    return g.op('Mul', [sum, g.scalar(-1 / count(output))]);
  },
});

/** Mean squared error over all elements. */
export const meanSquaredError = (): Loss => ({
  name: 'mean squared error',
  title: 'Mean squared error',
  compares: 'values',
  write(g, output, target) {
    const difference = g.op('Sub', [output, target]);
    return meanAll(g, g.op('Mul', [difference, difference]));
  },
});

/** Squared up to `delta`, linear beyond (Huber 1964, doi 10.1214/aoms/1177703732), the mean over all elements. */
export const huber = ({ delta = 1 } = {}): Loss => ({
  name: 'huber',
  title: 'Huber loss',
  compares: 'values',
  write(g, output, target) {
    const difference = g.op('Sub', [output, target]);
    const clipped = g.op('Clip', [difference, g.scalar(-delta), g.scalar(delta)]);
    // c (d - c/2) is d^2/2 inside, where c is d, and delta (|d| - delta/2) outside.
    const half = g.op('Mul', [clipped, g.scalar(0.5)]);
    return meanAll(g, g.op('Mul', [clipped, g.op('Sub', [difference, half])]));
  },
});

/**
 * Kullback-Leibler divergence of softened class scores from those of a teacher, the mean over the batch:
 * T^2 KL(softmax(teacher / T) || softmax(output / T)) (Hinton et al. 2015, arXiv 1503.02531).
 */
export const klDivergence = ({ temperature = 1 } = {}): Loss => ({
  name: 'KL divergence',
  title: 'KL divergence',
  compares: 'logits',
  activation: 'Softmax',
  write(g, output, target) {
    const soften = (logits: Value): Value =>
      g.op('LogSoftmax', [g.op('Mul', [logits, g.scalar(1 / temperature)])], { axis: -1 });
    const [student, teacher] = [soften(output), soften(target)];
    const terms = g.op('Mul', [g.op('Exp', [teacher]), g.op('Sub', [teacher, student])]);
    return perSample(g, terms, temperature ** 2);
  },
});

/** Number of samples whose largest logit is at the label: a float32 scalar. A single logit is that of class 1. */
export function correctCount(g: GraphBuilder, logits: Value, labels: Value): Value {
  const [batch = 1, classes = 1] = staticShape(logits);
  const predicted =
    classes > 1
      ? g.op('ArgMax', [logits], { axis: -1, keepdims: 0 })
      : g.op('Cast', [g.op('Greater', [g.op('Reshape', [logits, g.int64s([batch])]), g.scalar(0)])], {
          to: 7,
        });
  const hits = g.op('Cast', [g.op('Equal', [predicted, labels])], { to: dtypeCode('float32') });
  return g.op('ReduceSum', [hits, g.int64s([0])], { keepdims: 0 });
}

const count = (value: Value): number => staticShape(value).reduce((a, b) => a * b, 1);

const sumAll = (g: GraphBuilder, value: Value): Value =>
  g.op('ReduceSum', [value, g.int64s(staticShape(value).map((_, axis) => axis))], { keepdims: 0 });

const meanAll = (g: GraphBuilder, value: Value): Value =>
  g.op('Mul', [sumAll(g, value), g.scalar(1 / count(value))]);

const perSample = (g: GraphBuilder, terms: Value, factor: number): Value =>
  g.op('Mul', [sumAll(g, terms), g.scalar(factor / staticShape(terms)[0]!)]);
