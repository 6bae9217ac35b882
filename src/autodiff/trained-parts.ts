import { ModelError, UsageError } from '../errors.ts';
import {
  type Graph,
  type GraphBuilder,
  isStatic,
  Model,
  type Node,
  type Tensor,
  type Value,
} from '../ir/index.ts';
import { opOf } from '../ops/index.ts';
import { microsoft, nchwc } from './blocked/types.ts';
import { FlatLayout } from './flat-layout.ts';
import { type Kernels, standardKernels } from './kernels.ts';
import { scaleLimits } from './scale-limits.ts';
import { type TrainedConstants, trainedConstants } from './trained-constants.ts';
import { copyForTraining, type TrainingForward } from './training-forward.ts';

/** What of a model changes while it is trained, and where that is in the flat vectors. */
export interface TrainedParts {
  readonly graph: Graph;
  readonly constants: TrainedConstants;
  readonly parameters: FlatLayout;
  readonly buffers: FlatLayout;
  /** Elements of the tensors of two or more dimensions, which are the first ones: those that weight decay shrinks. */
  readonly decayedSize: number;
  /** Learned scales, which are the last ones, as they are at the start: float32 [S], or undefined without any. */
  readonly scales: Tensor | undefined;
  /** What they may become at most, as many. */
  readonly scaleLimits: Float32Array;
  /** Normalizations that keep their statistics. */
  isInference(node: Node): boolean;
}

export type Frozen = (name: string) => boolean;

export interface TrainedPartsOptions {
  /** Constants, by name, that stay as they are. */
  readonly frozen?: Frozen | undefined;
  /** Trains the scales of fake quantization as well. Default false. */
  readonly learnScales?: boolean | undefined;
}

/** Sorts the constants of a model. Throws ModelError if there is nothing to train, UsageError if all of it is frozen. */
export function trainedParts(
  graph: Graph,
  { frozen = () => false, learnScales = false }: TrainedPartsOptions = {},
): TrainedParts {
  const all = trainedConstants(graph);
  if (all.parameters.length === 0)
    throw new ModelError('The model has no float32 weights that could be trained');
  const rank = ({ tensor }: Value): number => tensor!.shape.length;
  const free = all.parameters.filter(({ name }) => !frozen(name));
  if (free.length === 0)
    throw new UsageError(
      `All ${all.parameters.length} trained tensors of the model are frozen: leave some out, for example '${all.parameters.at(-1)!.name}'`,
    );
  const matrices = free.filter((value) => rank(value) > 1);
  const scales = learnScales ? all.scales.filter(({ name }) => !frozen(name)) : [];
  const parameters = [...matrices, ...free.filter((value) => rank(value) <= 1), ...scales];
  const buffers = all.buffers.filter(({ name }) => !frozen(name));
  const kept = new Set(all.buffers.filter(({ name }) => frozen(name)));
  return {
    graph,
    constants: { parameters, buffers, scales },
    parameters: layoutOf(parameters),
    buffers: layoutOf(buffers),
    decayedSize: layoutOf(matrices).size,
    scales: scales.length > 0 ? packed(scales) : undefined,
    scaleLimits: scaleLimits(graph, scales),
    isInference: (node) => opOf(node)?.state?.some((index) => kept.has(node.input(index))) === true,
  };
}

const layoutOf = (values: readonly Value[]): FlatLayout =>
  new FlatLayout(values.map(({ name, tensor }) => ({ name, shape: tensor!.shape })));

const packed = (values: readonly Value[]): Tensor =>
  layoutOf(values).pack(new Map(values.map(({ name, tensor }) => [name, tensor!])));

/** The flat vectors of one step, as values of a graph. */
export interface FlatState {
  readonly parameters: Value;
  /** Absent if the model has none. */
  readonly buffers?: Value;
}

export interface BoundForward extends TrainingForward {
  /** The trained tensors, in the order of the layout. */
  readonly weights: readonly Value[];
  /** Running statistics before the step. */
  readonly running: readonly Value[];
}

export interface ForwardOptions {
  readonly images: Value;
  readonly state: FlatState;
  /** All of it as at inference. */
  readonly inference?: boolean;
  readonly kernels?: Kernels;
}

/** Writes the forward pass over the flat vectors. */
export function boundForward(
  g: GraphBuilder,
  parts: TrainedParts,
  { images, state, inference = false, kernels }: ForwardOptions,
): BoundForward {
  const weights = parts.parameters.split(g, state.parameters);
  const running = state.buffers ? parts.buffers.split(g, state.buffers) : [];
  const bound = new Map([[parts.graph.feeds[0]!, images]]);
  for (const [n, value] of parts.constants.parameters.entries()) bound.set(value, weights[n]!);
  for (const [n, value] of parts.constants.buffers.entries()) bound.set(value, running[n]!);
  const isInference = inference ? () => true : parts.isInference;
  return { ...copyForTraining(g, parts.graph, bound, { kernels, isInference }), weights, running };
}

/** The one input of a model and the shape of a sample. Throws UsageError if it has not exactly one of static shape. */
export function onlyInput(graph: Graph): { input: Value; sample: readonly number[] } {
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

/** Backward passes reduce over axes given as input, which came with this operator set. */
export const oldestOpset = 18;

/** Throws ModelError for a model in operators that are too old. */
export function checkOpset({ opset }: Model): void {
  if (opset >= oldestOpset) return;
  throw new ModelError(
    `The model's operator set must be ${oldestOpset} or newer to be trained, is ${opset}: export it with a newer one`,
  );
}

/** A graph as a model in the operator sets of the trained one, whose nodes it has, and of the kernels. */
export function withOpsets(graph: Graph, trained: Model, kernels: Kernels = standardKernels): Model {
  const model = new Model(graph, trained.opset);
  if (kernels.block) model.opsets.set(nchwc, 1);
  if (kernels.fusedMatMul) model.opsets.set(microsoft, 1);
  for (const [domain, version] of trained.opsets) if (domain !== 'ai.onnx') model.opsets.set(domain, version);
  model.irVersion = Math.max(model.irVersion, trained.irVersion);
  return model;
}
