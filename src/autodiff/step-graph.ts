import type { Graph, GraphBuilder, Model, Value } from '../ir/index.ts';
import { backward } from './backward.ts';
import { type Kernels, kernelBuilder } from './kernels.ts';
import type { Optimizer } from './optimizers.ts';
import { type BoundForward, boundForward, type TrainedParts } from './trained-parts.ts';
import type { Formulation } from './training-forward.ts';
import { type LossSettings, lossOf, metricsOf, teacherOutputs, withScores } from './training-target.ts';

export interface StepParts {
  /** Values of the graph around the loop, with a leading axis of steps. */
  readonly outer: {
    readonly images: Value;
    readonly fed?: Value;
    /** Scores of a teacher that does not run here. */
    readonly teacher?: Value | undefined;
    readonly rates: ReadonlyMap<string, Value>;
    /** float32 [P] of 0 and 1, without a leading axis. */
    readonly mask?: Value | undefined;
  };
  readonly parts: TrainedParts;
  readonly optimizer: Optimizer;
  readonly settings: LossSettings;
  readonly teacher?: Model;
  /** Largest Euclidean norm of the whole gradient. */
  readonly clipNorm?: number;
  readonly kernels: Kernels;
}

export interface StepGraph {
  readonly body: Graph;
  readonly formulations: readonly Formulation[];
  /** Names of the last outputs: `loss`, for classes `correct`, and the parts of a loss that is a sum. */
  readonly metrics: readonly string[];
}

/**
 * The loop's body: (i, condition, parameters, ...states, buffers) -> (condition, the same states, loss, correct, parts of
 * the loss), without `correct` if there are no classes.
 */
export function stepGraph(step: StepParts): StepGraph {
  const { outer, parts, optimizer, settings, kernels } = step;
  const g = kernelBuilder(kernels, { name: 'step', prefix: 'step/' });
  const i = g.input('step/i', 'int64', []);
  const condition = g.input('step/condition', 'bool', []);
  const vector = (name: string, size: number): Value => g.input(`step/${name}`, 'float32', [size]);
  const parameters = vector('parameters', parts.parameters.size);
  const states = optimizer.states.map((name) => vector(name, parts.parameters.size));
  const buffers = parts.buffers.size ? vector('buffers', parts.buffers.size) : undefined;
  const at = (value: Value): Value => g.op('Gather', [value, i], { axis: 0 });
  const rates = Object.fromEntries([...outer.rates].map(([name, value]) => [name, at(value)]));
  const images = at(outer.images);

  const forward = boundForward(g, parts, { images, state: { parameters, buffers }, kernels });
  const teacher = outer.teacher
    ? [at(outer.teacher)]
    : step.teacher && teacherOutputs(g, step.teacher, { images, settings });
  const batch = { images, fed: outer.fed && at(outer.fed), teacher };
  const measured = lossOf(g, withScores(forward.outputs, settings), { batch, settings });
  const gradient = flatGradient(g, measured.loss, { forward, step });
  const decayed = (): Value => decayedPart(g, parameters, parts);
  const updated = optimizer.update(g, { parameters, gradient, states, rates, decayed });
  const moved = withScales(g, { before: parameters, after: updated.parameters }, step);
  const nextBuffers = buffers ? [movedBuffers(g, parts, forward)] : [];
  const metrics = metricsOf(measured);
  const next = masked(g, [moved, ...updated.states], step);
  const results = [condition, ...next, ...nextBuffers, ...metrics.values()];
  for (const [n, value] of results.entries()) g.output(value, `step/out_${n}`);
  return { body: g.graph, formulations: forward.formulations, metrics: [...metrics.keys()] };
}

/** The gradient of all trained tensors as one vector, without what is masked, clipped. */
function flatGradient(
  g: GraphBuilder,
  loss: Value,
  { forward: { weights, tape }, step }: { forward: BoundForward; step: StepParts },
): Value {
  const gradients = backward(g, loss, weights, tape);
  const { parts, clipNorm } = step;
  const joined = parts.parameters.join(
    g,
    gradients.map((value, n) => value ?? zerosLike(g, weights[n]!)),
  );
  const [gradient] = masked(g, [joined], step);
  return clipNorm === undefined ? gradient! : clipped(g, gradient!, clipNorm);
}

/** Flat vectors without what is masked. */
const masked = (g: GraphBuilder, vectors: readonly Value[], { outer: { mask } }: StepParts): Value[] =>
  mask ? vectors.map((vector) => g.op('Mul', [vector, mask])) : [...vectors];

const zerosLike = (g: GraphBuilder, value: Value): Value => g.op('Mul', [value, g.scalar(0)]);

/** A vector scaled down to a Euclidean norm of at most `norm`, as PyTorch's `clip_grad_norm_` does (Pascanu et al. 2012, arXiv 1211.5063). */
function clipped(g: GraphBuilder, gradient: Value, norm: number): Value {
  const squares = g.op('ReduceSum', [g.op('Mul', [gradient, gradient]), g.int64s([0])], { keepdims: 0 });
  const length = g.op('Add', [g.op('Sqrt', [squares]), g.scalar(1e-6)]);
  const factor = g.op('Min', [g.op('Div', [g.scalar(norm), length]), g.scalar(1)]);
  return g.op('Mul', [gradient, factor]);
}

/** The parameters with zeros in place of biases and of what scales and shifts normalized values. */
function decayedPart(
  g: GraphBuilder,
  parameters: Value,
  { decayedSize, parameters: layout }: TrainedParts,
): Value {
  const kept = layout.size - decayedSize;
  if (kept === 0) return parameters;
  if (decayedSize === 0) return zerosLike(g, parameters);
  const [decayed, rest] = g.node('Split', [parameters, g.int64s([decayedSize, kept])], { axis: 0 }, 2);
  return g.op('Concat', [decayed, zerosLike(g, rest!)], { axis: 0 });
}

/** The new parameters, of which the learned scales move by a rate of their own, stay above 0 and within their limits. */
function withScales(
  g: GraphBuilder,
  { before, after }: { before: Value; after: Value },
  { parts: { scales, scaleLimits, parameters }, optimizer }: StepParts,
): Value {
  if (!scales) return after;
  const sizes = g.int64s([parameters.size - scales.size, scales.size]);
  const [others, moved] = g.node('Split', [after, sizes], { axis: 0 }, 2);
  const start = scales.data as Float32Array;
  const vector = (factor: number): Value =>
    g.constant(
      'float32',
      start.map((scale) => scale * factor),
    );
  const [, old] = optimizer.isNormalized ? g.node('Split', [before, sizes], { axis: 0 }, 2) : [];
  // Steps of Adam are of the size of the learning rate whatever it trains: made relative to the scale.
  const relative = old
    ? g.op('Add', [old, g.op('Mul', [g.op('Sub', [moved, old]), vector(scaleRate)])])
    : moved!;
  const limits = g.constant('float32', scaleLimits);
  const limited = g.op('Min', [g.op('Max', [relative, vector(smallestScale)]), limits]);
  return g.op('Concat', [others, limited], { axis: 0 });
}

/** How much faster scales move, relative to what they were at the start, than the learning rate says. */
const scaleRate = 1;

/** The part of what it was at the start that a learned scale never falls below. */
const smallestScale = 2 ** -10;

const movedBuffers = (g: GraphBuilder, parts: TrainedParts, { updates, running }: BoundForward): Value =>
  parts.buffers.join(
    g,
    parts.constants.buffers.map((value, n) => updates.get(value) ?? running[n]!),
  );
