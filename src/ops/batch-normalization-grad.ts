import { type GraphBuilder, product, type Value } from '../ir/index.ts';
import type { GradContext, TrainingContext, TrainingForm } from './op.ts';
import { staticShape } from './static-shape.ts';
import { reshape, sumOver } from './sum-to.ts';

/** Axes of everything but the channels. */
const others = (x: Value): number[] => staticShape(x).flatMap((_, axis) => (axis === 1 ? [] : [axis]));

/** A per-channel vector as [1,C,1,...], to broadcast over x. */
const perChannel = (g: GraphBuilder, vector: Value, x: Value): Value =>
  reshape(
    g,
    vector,
    staticShape(x).map((size, axis) => (axis === 1 ? size : 1)),
  );

/** Gradient of the inference form: an affine map per channel; running statistics are constants. */
export function batchNormalizationGrad({ node, g, dy, needs }: GradContext): (Value | undefined)[] {
  const [x, scale, mean, variance] = [node.input(0), node.input(1), node.input(3), node.input(4)];
  const inverse = inverseDeviation(g, variance, node.float('epsilon', 1e-5));
  const normalized = (): Value =>
    g.op('Mul', [g.op('Sub', [x, perChannel(g, mean, x)]), perChannel(g, inverse, x)]);
  const channels = staticShape(scale);
  const channelSum = (value: Value): Value => reshape(g, sumOver(g, value, others(x)), channels);
  return [
    needs(0) ? g.op('Mul', [dy, perChannel(g, g.op('Mul', [scale, inverse]), x)]) : undefined,
    needs(1) ? channelSum(g.op('Mul', [dy, normalized()])) : undefined,
    needs(2) ? channelSum(dy) : undefined,
  ];
}

/**
 * The training form (Ioffe and Szegedy 2015): normalizes by the batch's own mean and biased variance, and moves the
 * running ones. Written in elementary operators: onnxruntime's training_mode aliases its statistics with its inputs.
 */
export function batchNormalizationTraining({ node, g, inputs }: TrainingContext): TrainingForm {
  const [x, scale, bias, runningMean, runningVariance] = inputs as Value[];
  const momentum = node.float('momentum', 0.9);
  const shape = staticShape(x!);
  const share = g.scalar(shape[1]! / product(shape));
  const mean = g.op('Mul', [sumOver(g, x!, others(x!)), share]);
  const centred = g.op('Sub', [x!, mean]);
  const variance = g.op('Mul', [sumOver(g, g.op('Mul', [centred, centred]), others(x!)), share]);
  const inverse = inverseDeviation(g, variance, node.float('epsilon', 1e-5));
  const factor = g.op('Mul', [inverse, perChannel(g, scale!, x!)]);
  const y = g.op('Add', [g.op('Mul', [centred, factor]), perChannel(g, bias!, x!)]);
  const moved = (running: Value, batch: Value): Value => {
    const kept = g.op('Mul', [running, g.scalar(momentum)]);
    const fresh = g.op('Mul', [reshape(g, batch, staticShape(running)), g.scalar(1 - momentum)]);
    return g.op('Add', [kept, fresh]);
  };
  const updates = new Map([
    [3, moved(runningMean!, mean)],
    [4, moved(runningVariance!, variance)],
  ]);
  return { outputs: [y], updates };
}

const inverseDeviation = (g: GraphBuilder, variance: Value, epsilon: number): Value =>
  g.op('Reciprocal', [g.op('Sqrt', [g.op('Add', [variance, g.scalar(epsilon)])])]);
