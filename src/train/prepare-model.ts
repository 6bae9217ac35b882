import { type Frozen, oldestOpset, trainedConstants } from '../autodiff/index.ts';
import { UsageError } from '../errors.ts';
import type { Dim, Model, Shape } from '../ir/index.ts';
import { constantsToInitializers, fixShapes, optimizeGraph, upgradeOpset } from '../passes/index.ts';
import { withBatch } from './batch-check.ts';

/** What a training graph is made of. */
export interface TrainingCopies {
  readonly model: Model;
  readonly teacher?: Model;
}

export interface PrepareOptions {
  /** Samples in a batch of training. Default 64. */
  readonly batchSize?: number;
  readonly teacher?: Model;
  /** Sizes of a sample of the data, for inputs that leave some open. */
  readonly sample?: readonly number[];
}

/**
 * A model made ready to be trained: copies in an operator set that has what gradients need, with the shapes of a batch
 * and no shape arithmetic left. Trained constants keep their names, so that the weights go back into the model as it was.
 */
export class PreparedModel {
  /** The model that gets the trained weights: the given one, Constant nodes as initializers. */
  readonly base: Model;
  /** What was done that a user should know. */
  readonly notes: readonly string[];
  readonly #batchSize: number;
  readonly #start: TrainingCopies;
  readonly #sample: readonly number[] | undefined;
  readonly #trained: ReadonlySet<string>;
  readonly #copies = new Map<number, Promise<TrainingCopies>>();

  /** Throws ModelError for an operator that cannot be written in a newer operator set. */
  constructor(given: Model, { batchSize = 64, teacher, sample }: PrepareOptions = {}) {
    const opset = Math.max(oldestOpset, given.opset, teacher?.opset ?? 0);
    const base = constantsToInitializers(given);
    const model = inOpset(base, opset);
    const trained = trainedNames(model);
    const { initializers } = base.graph;
    // An old way to broadcast a bias may have become a constant of another shape.
    this.base = [...trained].every((name) => initializers.has(name)) ? base : model;
    const result = this.base === base ? `the result keeps ${given.opset}` : `and so is the result`;
    const batch = model.graph.feeds[0]?.shape?.[0];
    const isFixed = typeof batch === 'number' && batch !== batchSize;
    this.notes = [
      ...(given.opset === opset
        ? []
        : [`Trained in operator set ${opset}, since the model's own, ${given.opset}, is older; ${result}`]),
      ...(isFixed
        ? [
            `Trained in batches of ${batchSize} where the model has ${batch} fixed; the result has ${batch} again`,
          ]
        : []),
    ];
    this.#start = { model, ...(teacher && { teacher: inOpset(teacher, opset) }) };
    this.#batchSize = batchSize;
    this.#sample = sample;
    this.#trained = trained;
  }

  /** The copies for batches of a size, by default that of training. Throws UsageError if the model has another one fixed for good. */
  copies(batchSize = this.#batchSize): Promise<TrainingCopies> {
    const known = this.#copies.get(batchSize);
    if (known) return known;
    const made = this.#make(batchSize);
    this.#copies.set(batchSize, made);
    return made;
  }

  /** What stays as it is: also constants that were computed for the copies, which the model has not. */
  frozen(given?: Frozen): Frozen {
    return (name) => !this.#trained.has(name) || given?.(name) === true;
  }

  async #make(batchSize: number): Promise<TrainingCopies> {
    if (!Number.isInteger(batchSize) || batchSize < 1)
      throw new UsageError(`'batchSize' must be a whole number of 1 or more, was ${batchSize}`);
    const { model, teacher } = this.#start;
    const sample = this.#sample;
    return {
      model: await copyFor(model, { batchSize, sample }),
      ...(teacher && { teacher: await copyFor(teacher, { batchSize, sample }) }),
    };
  }
}

/** A copy of a model as training has it for batches of a size, whether it can be trained or not. */
export async function preparedCopy(
  model: Model,
  { batchSize, sample }: { batchSize: number; sample: readonly number[] },
): Promise<Model> {
  return (await new PreparedModel(model, { batchSize, sample }).copies()).model;
}

const inOpset = (model: Model, opset: number): Model =>
  model.opset < opset ? constantsToInitializers(upgradeOpset(model, opset).model) : model;

function trainedNames({ graph }: Model): Set<string> {
  const { parameters, buffers, scales } = trainedConstants(graph);
  return new Set([...parameters, ...buffers, ...scales].map(({ name }) => name));
}

interface Batch {
  readonly batchSize: number;
  readonly sample: readonly number[] | undefined;
}

async function copyFor(model: Model, { batchSize, sample }: Batch): Promise<Model> {
  const [input, ...more] = model.graph.feeds;
  const shape = input && batchShape(input.shape, { batchSize, sample });
  // The training graph says what is wrong with such inputs.
  if (!shape || more.length > 0) return model;
  const declared = input.shape?.[0];
  const isFixed = typeof declared === 'number' && declared !== batchSize;
  if (isFixed) return simplified(await withBatch(await simplified(model), shape));
  return simplified(fixShapes(model, { shapes: { [input.name]: shape } }));
}

/** The input's shape for a batch, what is open as the data have it; undefined if some of it stays open or does not fit. */
function batchShape(shape: Shape | undefined, { batchSize, sample }: Batch): number[] | undefined {
  const dims: readonly Dim[] | undefined = shape?.slice(1) ?? sample;
  const fits = (size: number, axis: number): boolean => {
    const dim = dims![axis];
    return typeof dim !== 'number' || dim === size;
  };
  if (!dims || (sample && !(sample.length === dims.length && sample.every(fits)))) return undefined;
  const sizes = dims.map((dim, axis) => (typeof dim === 'number' ? dim : sample?.[axis]));
  return sizes.every((size) => size !== undefined) ? [batchSize, ...sizes] : undefined;
}

/** Passes that leave the weights and what training does otherwise (Dropout, BatchNormalization) as they are. */
const passes = ['simplify-shapes', 'fold-constants', 'inline-branches', 'remove-unused'];

/** A copy without shape arithmetic. Trained constants are listed as inputs meanwhile, so that nothing is made of them. */
async function simplified(model: Model): Promise<Model> {
  const copy = model.clone();
  const { graph } = copy;
  const trained = trainedNames(model);
  graph.inputs.splice(0, graph.inputs.length, ...graph.feeds);
  for (const [name, value] of graph.initializers) if (trained.has(name)) graph.inputs.push(value);
  const { model: simple } = await optimizeGraph(copy, { passes });
  simple.graph.inputs.splice(0, simple.graph.inputs.length, ...simple.graph.feeds);
  return simple;
}
