import { ModelError, UsageError } from '../errors.ts';
import { type Graph, type GraphBuilder, isStatic, Model, type Value } from '../ir/index.ts';
import { createBuilder } from '../ops/index.ts';
import { backward } from './backward.ts';
import { microsoft, nchwc } from './blocked/types.ts';
import { FlatLayout } from './flat-layout.ts';
import { type Kernels, kernelBuilder, standardKernels } from './kernels.ts';
import { correctCount, softmaxCrossEntropy } from './losses.ts';
import type { Optimizer } from './optimizers.ts';
import { trainedConstants } from './trained-constants.ts';
import { copyForTraining, type Formulation } from './training-forward.ts';

/**
 * A model that trains another: feed `images` float32 [K,B,...sample], `labels` int64 [K,B], one float32 [K] per rate of
 * the optimizer, `parameters` and each state float32 [P], `buffers` float32 [R] if there are any. It runs K steps and
 * returns `parameters'`, each state with a prime, `buffers'`, and per step `loss` and `correct`, float32 [K].
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
  /** What the runtime has beyond the standard operators; `probeKernels` finds out. Default: nothing. */
  readonly kernels?: Kernels;
}

/** Parts of the graph around the loop that its body uses. */
interface Outer {
  readonly images: Value;
  readonly labels: Value;
  readonly rates: ReadonlyMap<string, Value>;
}

/**
 * Builds forward pass, loss, backward pass and optimizer as one graph, K steps in an ONNX Loop, so that the state stays
 * inside the runtime. Standard operators only, unless `kernels` says what else the runtime has. Throws ModelError where an operator has no gradient, UsageError if the model
 * does not map one input of static sample shape to class scores.
 */
export function trainingGraph(
  model: Model,
  { optimizer, batchSize, kernels = standardKernels }: TrainingGraphOptions,
): TrainingGraph {
  const { input, sample } = onlyInput(model.graph);
  if (model.opset < oldestOpset) {
    throw new ModelError(
      `The model's operator set must be ${oldestOpset} or newer to be trained, is ${model.opset}: export it with a newer one`,
    );
  }
  const constants = trainedConstants(model.graph);
  if (constants.parameters.length === 0)
    throw new ModelError('The model has no float32 weights that could be trained');
  const layouts = { parameters: layoutOf(constants.parameters), buffers: layoutOf(constants.buffers) };
  const g = createBuilder({ name: 'training' });
  const outer: Outer = {
    images: g.input('images', input.dtype ?? 'float32', ['steps', batchSize, ...sample]),
    labels: g.input('labels', 'int64', ['steps', batchSize]),
    rates: new Map(
      Object.keys(optimizer.rates(1, 1)).map((name) => [name, g.input(name, 'float32', ['steps'])]),
    ),
  };
  const stateNames = ['parameters', ...optimizer.states, ...(layouts.buffers.size ? ['buffers'] : [])];
  const sizeOf = (name: string): number =>
    name === 'buffers' ? layouts.buffers.size : layouts.parameters.size;
  const states = stateNames.map((name) => g.input(name, 'float32', [sizeOf(name)]));
  const { body, formulations } = stepGraph(model.graph, { outer, optimizer, constants, layouts, kernels });
  const steps = g.op('Gather', [g.op('Shape', [outer.labels]), g.constant('int64', [0], [])]);
  const results = g.node(
    'Loop',
    [steps, g.constant('bool', [1], []), ...states],
    { body },
    states.length + 2,
  );
  const names = [...stateNames.map((name) => `${name}'`), 'loss', 'correct'];
  for (const [i, name] of names.entries()) g.output(results[i]!, name);
  return { model: withOpsets(g.graph, model, kernels), ...layouts, formulations };
}

/** Backward passes use ScatterElements with reduction, which came with this operator set. */
const oldestOpset = 16;

/** The training model speaks the operator sets of the trained one, whose nodes it has. */
function withOpsets(graph: Graph, trained: Model, kernels: Kernels): Model {
  const model = new Model(graph, trained.opset);
  if (kernels.block) model.opsets.set(nchwc, 1);
  if (kernels.fusedMatMul) model.opsets.set(microsoft, 1);
  for (const [domain, version] of trained.opsets) if (domain !== 'ai.onnx') model.opsets.set(domain, version);
  model.irVersion = Math.max(model.irVersion, trained.irVersion);
  return model;
}

function onlyInput(graph: Graph): { input: Value; sample: readonly number[] } {
  const [input, ...more] = graph.feeds;
  if (!input || more.length > 0) {
    const names = graph.feeds.map((value) => value.name).join(', ');
    throw new UsageError(
      `Training needs a model with one input, this one has ${graph.feeds.length}: ${names}`,
    );
  }
  const sample = input.shape?.slice(1);
  if (isStatic(sample)) return { input, sample };
  throw new UsageError(
    `Input ${input} must have a known shape behind the batch to be trained: fix its dimensions first`,
  );
}

const layoutOf = (values: readonly Value[]): FlatLayout =>
  new FlatLayout(values.map(({ name, tensor }) => ({ name, shape: tensor!.shape })));

interface StepParts {
  readonly outer: Outer;
  readonly optimizer: Optimizer;
  readonly constants: ReturnType<typeof trainedConstants>;
  readonly layouts: { readonly parameters: FlatLayout; readonly buffers: FlatLayout };
  readonly kernels: Kernels;
}

interface StepGraph {
  readonly body: Graph;
  readonly formulations: readonly Formulation[];
}

/** The loop's body: (i, condition, parameters, ...states, buffers) -> (condition, the same states, loss, correct). */
function stepGraph(graph: Graph, { outer, optimizer, constants, layouts, kernels }: StepParts): StepGraph {
  const g = kernelBuilder(kernels, { name: 'step', prefix: 'step/' });
  const i = g.input('step/i', 'int64', []);
  const condition = g.input('step/condition', 'bool', []);
  const vector = (name: string, size: number): Value => g.input(`step/${name}`, 'float32', [size]);
  const parameters = vector('parameters', layouts.parameters.size);
  const states = optimizer.states.map((name) => vector(name, layouts.parameters.size));
  const buffers = layouts.buffers.size ? [vector('buffers', layouts.buffers.size)] : [];
  const at = (value: Value): Value => g.op('Gather', [value, i], { axis: 0 });
  const rates = Object.fromEntries([...outer.rates].map(([name, value]) => [name, at(value)]));
  const labels = at(outer.labels);

  const weights = layouts.parameters.split(g, parameters);
  const running = buffers.flatMap((flat) => layouts.buffers.split(g, flat));
  const bound = new Map([[graph.feeds[0]!, at(outer.images)]]);
  for (const [n, value] of constants.parameters.entries()) bound.set(value, weights[n]!);
  for (const [n, value] of constants.buffers.entries()) bound.set(value, running[n]!);
  const { outputs, updates, tape, formulations } = copyForTraining(g, graph, bound, kernels);

  const logits = logitsOf(outputs[0]!);
  const loss = softmaxCrossEntropy(g, logits, labels);
  const correct = correctCount(g, logits, labels);
  const gradients = backward(g, loss, weights, tape);
  const gradient = layouts.parameters.join(
    g,
    gradients.map((value, n) => value ?? zerosLike(g, weights[n]!)),
  );
  const next = optimizer.update(g, { parameters, gradient, states, rates });
  const nextBuffers = buffers.map(() =>
    layouts.buffers.join(
      g,
      constants.buffers.map((value, n) => updates.get(value) ?? running[n]!),
    ),
  );
  const results = [condition, next.parameters, ...next.states, ...nextBuffers, loss, correct];
  for (const [n, value] of results.entries()) g.output(value, `step/out_${n}`);
  return { body: g.graph, formulations };
}

/** Class scores: the output, or what goes into a final Softmax. Throws UsageError unless they are [B,classes]. */
function logitsOf(output: Value): Value {
  const last = output.producer;
  const logits = last?.opType === 'Softmax' ? last.input(0) : output;
  if (logits.shape?.length === 2) return logits;
  throw new UsageError(
    `Cross-entropy needs class scores of shape [batch, classes], the model's output is ${output}`,
  );
}

const zerosLike = (g: GraphBuilder, value: Value): Value => g.op('Mul', [value, g.scalar(0)]);
