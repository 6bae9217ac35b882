import { ModelError, UsageError } from '../errors.ts';
import { type GraphBuilder, isStatic, type Model, type Value } from '../ir/index.ts';
import { createBuilder } from '../ops/index.ts';
import type { Distillation } from './distillation.ts';
import type { FlatLayout } from './flat-layout.ts';
import { type Kernels, standardKernels } from './kernels.ts';
import { crossEntropy, type Loss } from './losses.ts';
import type { Optimizer } from './optimizers.ts';
import { stepGraph } from './step-graph.ts';
import {
  checkOpset,
  type Frozen,
  onlyInput,
  type TrainedParts,
  trainedParts,
  withOpsets,
} from './trained-parts.ts';
import type { Formulation } from './training-forward.ts';
import { checkTarget, type LossSettings, type TargetKind } from './training-target.ts';

/**
 * A model that trains another: feed `images` float32 [K,B,...sample], `labels` int64 [K,B] (or `targets` float32
 * [K,B,C] for a distribution, [K,B,...output] for numbers), one float32 [K] per rate of the optimizer, `parameters` and each state float32 [P], `buffers`
 * float32 [R] if there are any, and `teacher` float32 [K,B,...output] for scores that were computed before. It runs K
 * steps and returns `parameters'`, each state with a prime, `buffers'`, and per step `loss`, for classes `correct`, and
 * `part:NAME` for what the loss of a distillation is the sum of, float32 [K].
 */
export interface TrainingGraph {
  readonly model: Model;
  readonly parameters: FlatLayout;
  readonly buffers: FlatLayout;
  /** How each node of the trained model was written. */
  readonly formulations: readonly Formulation[];
}

export interface TrainingGraphOptions {
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  /** Default cross-entropy. */
  readonly loss?: Loss;
  /** Default `labels`. */
  readonly target?: TargetKind;
  /** Share of a target that is spread over all classes. Default 0. */
  readonly labelSmoothing?: number;
  /** The model whose scores a loss that compares `logits` takes. */
  readonly teacher?: Model;
  /** What is learned from the teacher beside the loss. */
  readonly distillation?: Distillation | undefined;
  /** Largest Euclidean norm of the gradient of all weights. Default: any. */
  readonly clipNorm?: number;
  /** Constants, by name, that stay as they are. A normalization with frozen statistics works as at inference. */
  readonly frozen?: Frozen | undefined;
  /** Trains the scales of fake quantization as well. */
  readonly learnScales?: boolean | undefined;
  /**
   * Which weights stay, by name 1 or 0 an element: gradient, parameters and states are multiplied by that in every step.
   * Fed as `mask` float32 [P], the same for all steps of a call; with `keepsStart` these masks are part of the graph.
   */
  readonly masks?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Keeps the model's weights in the graph: a state that is fed with no elements begins there, moments at 0. */
  readonly keepsStart?: boolean;
  /** What the runtime has beyond the standard operators; `probeKernels` finds out. Default: nothing. */
  readonly kernels?: Kernels;
}

/**
 * Builds forward pass, loss, backward pass and optimizer as one graph, K steps in an ONNX Loop, so that the state stays
 * inside the runtime; of standard operators only, unless `kernels` says what else the runtime has. Throws ModelError where an operator has no gradient, UsageError if the model
 * does not map one input of static sample shape to what the loss takes.
 */
export function trainingGraph(model: Model, options: TrainingGraphOptions): TrainingGraph {
  const { optimizer, batchSize, teacher, kernels = standardKernels } = options;
  const settings = lossSettings(options);
  const { input, sample } = onlyInput(model.graph);
  checkOpset(model);
  checkTarget(settings, model.graph, teacher?.graph);
  if (teacher) checkTeacher(teacher, model);
  const parts = trainedParts(model.graph, options);
  const g = createBuilder({ name: 'training' });
  const images = g.input('images', input.dtype ?? 'float32', ['steps', batchSize, ...sample]);
  const rateNames = Object.keys(optimizer.rates(1, 1));
  const fed = fedTarget(
    settings.target,
    (name, dtype, rest) => g.input(name, dtype, ['steps', batchSize, ...rest]),
    model,
  );
  const rates = new Map(rateNames.map((name) => [name, g.input(name, 'float32', ['steps'])]));
  const stateNames = ['parameters', ...optimizer.states, ...(parts.buffers.size ? ['buffers'] : [])];
  const states = stateNames.map((name) => stateInput(g, name, { parts, keepsStart: options.keepsStart }));
  const mask = maskInput(g, parts, options);
  const { clipNorm } = options;
  const outer = { images, fed, rates, mask, teacher: scoresInput(g, settings, batchSize) };
  const { body, formulations, metrics } = stepGraph({
    ...{ outer, parts, optimizer, settings, teacher, clipNorm, kernels },
  });
  const steps = g.op('Gather', [g.op('Shape', [images]), g.constant('int64', [0], [])]);
  const names = [...stateNames.map((name) => `${name}'`), ...metrics];
  const inputs = [steps, g.constant('bool', [1], []), ...states];
  const results = g.node('Loop', inputs, { body }, names.length);
  for (const [i, name] of names.entries()) g.output(results[i]!, name);
  const { parameters, buffers } = parts;
  return { model: withOpsets(g.graph, model, kernels), parameters, buffers, formulations };
}

/** Declares the input of a teacher's scores, where they are fed. */
function scoresInput(g: GraphBuilder, { distillation }: LossSettings, batchSize: number): Value | undefined {
  const shape = distillation?.scores?.shape.slice(1);
  return shape && g.input('teacher', 'float32', ['steps', batchSize, ...shape]);
}

/** Declares the input of one flat vector. With `keepsStart` it may be empty, which stands for the vector at the start. */
function stateInput(
  g: GraphBuilder,
  name: string,
  { parts, keepsStart = false }: { parts: TrainedParts; keepsStart?: boolean },
): Value {
  const layout = name === 'buffers' ? parts.buffers : parts.parameters;
  if (!keepsStart) return g.input(name, 'float32', [layout.size]);
  const fed = g.input(name, 'float32', [`${name} or none`]);
  const size = g.int64s([layout.size]);
  const isMoment = name !== 'parameters' && name !== 'buffers';
  const start = isMoment
    ? g.op('ConstantOfShape', [size])
    : g.initializer(`start/${name}`, layout.pack(tensorsOf(parts)));
  // What is fed comes first, so that the first elements of both are that or else the start.
  const both = g.op('Concat', [fed, start], { axis: 0 });
  return g.op('Reshape', [g.op('Slice', [both, g.int64s([0]), size]), size]);
}

/** The mask, fed unless the graph keeps what it starts with. */
function maskInput(
  g: GraphBuilder,
  { parameters }: TrainedParts,
  { masks, keepsStart = false }: TrainingGraphOptions,
): Value | undefined {
  if (!masks) return undefined;
  return keepsStart
    ? g.initializer('mask', parameters.packMasks(masks))
    : g.input('mask', 'float32', [parameters.size]);
}

const tensorsOf = ({ constants: { parameters, buffers } }: TrainedParts) =>
  new Map([...parameters, ...buffers].map(({ name, tensor }) => [name, tensor!]));

/** The loss of a training with its defaults. */
export const lossSettings = ({
  loss = crossEntropy(),
  target = 'labels',
  labelSmoothing = 0,
  distillation,
}: Pick<TrainingGraphOptions, 'loss' | 'target' | 'labelSmoothing' | 'distillation'>): LossSettings => ({
  loss,
  target,
  smoothing: labelSmoothing,
  distillation,
});

/** Declares the input of what is to be learned; undefined where that is the image or a teacher's. */
export function fedTarget(
  target: TargetKind,
  declare: (name: string, dtype: 'int64' | 'float32', rest: readonly number[]) => Value,
  { graph }: Model,
): Value | undefined {
  if (target === 'input' || target === 'teacher') return undefined;
  if (target === 'labels') return declare('labels', 'int64', []);
  const output = graph.outputs[0];
  const rest = target === 'targets' ? output?.shape?.slice(1) : output?.shape?.slice(1, 2);
  if (isStatic(rest) && (target === 'targets' || rest.length === 1))
    return declare('targets', 'float32', rest);
  const what = target === 'targets' ? "The shape of a sample's output" : 'The number of classes';
  throw new ModelError(`${what} must be known, the model's output is ${output}`);
}

function checkTeacher(teacher: Model, model: Model): void {
  const [given, wanted] = [teacher, model].map(({ graph }) => graph.outputs[0]?.shape?.[1]);
  if (typeof given === 'number' && typeof wanted === 'number' && given !== wanted)
    throw new UsageError(
      `Teacher and student must tell as many classes apart, the teacher ${given}, the student ${wanted}`,
    );
  if (teacher.opset === model.opset) return;
  throw new ModelError(
    `Teacher and student must speak the same operator set, the teacher ${teacher.opset}, the student ${model.opset}: export one anew`,
  );
}
