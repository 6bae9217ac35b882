import { UsageError } from '../errors.ts';
import { type DType, type GraphBuilder, isStatic, Model, Tensor, type Value } from '../ir/index.ts';
import { createBuilder } from '../ops/index.ts';
import type { Random } from '../random.ts';
import { random } from '../random.ts';
import { extract } from './extract.ts';

/** A value on its way through the layers of a model that is being written. Shape [N, ...sample]; N is the batch. */
export interface Flow {
  readonly value: Value;
  readonly g: GraphBuilder;
  /** Draws initial weights. */
  readonly random: Random;
  /** Layers so far by kind, which numbers their names: conv1, conv2, ... */
  readonly counts: Map<string, number>;
  /** Name of the next layer, in place of a number. */
  readonly named?: string | undefined;
}

/** What maps a flow to the next: `dense(10)`, or any function of yours. */
export type Layer = (x: Flow) => Flow;

/** Starts a model: the input of one sample's shape, for example `input([1, 28, 28])`; the batch stays symbolic. */
export function input(
  sample: readonly number[],
  { seed = 0, name = 'input', dtype = 'float32' as DType } = {},
): Flow {
  const g = createBuilder({ name: 'model' });
  return { value: g.input(name, dtype, ['N', ...sample]), g, random: random(seed), counts: new Map() };
}

/** A model of everything from the `input` to `output`, called `name` in it. One stem may end in several models. */
export function model(output: Flow, { name = 'logits' } = {}): Model {
  return new Model(extract(output.g.graph, output.value, name));
}

/** Layers one after another: `sequential([1, 28, 28], [conv2d(16, 3), relu(), flatten(), dense(10)])`. */
export function sequential(
  sample: readonly number[],
  layers: readonly Layer[],
  options: { seed?: number } = {},
): Model {
  return model(layers.reduce((x, layer) => layer(x), input(sample, options)));
}

/** Throws UsageError if flows that `layer` joins do not come from the same `input`. */
export function checkJoined(layer: string, flows: readonly Flow[]): void {
  if (flows.every((flow) => flow.g === flows[0]?.g)) return;
  throw new UsageError(
    `${layer} must join flows of one model, got some from different inputs: call input() once and make all from its result`,
  );
}

/** A flow with another value in it. */
export const next = (x: Flow, value: Value): Flow => ({ ...x, value });

/** One layer under a name of your own: its constants are `<name>.weight`, `<name>.bias`, ... */
export const named =
  (name: string, layer: Layer): Layer =>
  (x) => ({ ...layer({ ...x, named: name }), named: x.named });

/** The name that a layer was given, or a number: `conv1` for the first of kind `conv`. */
export function nameLayer(x: Flow, kind: string): string {
  if (x.named !== undefined) return x.named;
  const count = (x.counts.get(kind) ?? 0) + 1;
  x.counts.set(kind, count);
  // `relu61` would read as the 61st.
  return /\d$/.test(kind) ? `${kind}_${count}` : `${kind}${count}`;
}

/** Writes one node, called after its layer so that tables and plots of the model read well. */
export function write(
  x: Flow,
  layer: string,
  {
    op,
    inputs = [],
    attributes = {},
  }: { op: string; inputs?: readonly Value[]; attributes?: Parameters<GraphBuilder['op']>[2] },
): Flow {
  const value = x.g.op(op, [x.value, ...inputs], attributes);
  value.producer!.name = layer;
  value.name = layer;
  return next(x, value);
}

/** The shape of one sample. Throws UsageError if the layer needs another number of dimensions. */
export function sampleShape(x: Flow, layer: string, rank?: number): readonly number[] {
  const shape = x.value.shape?.slice(1);
  if (isStatic(shape) && (rank === undefined || shape.length === rank)) return shape;
  const hint = rank === 1 ? 'put flatten() before it' : 'it takes [channels, height, width]';
  throw new UsageError(`${layer} takes samples of ${rank ?? 'known'} dimensions, got ${x.value}: ${hint}`);
}

/** Weights drawn from a normal distribution of variance 2 / fanIn (He et al. 2015, arXiv 1502.01852). */
export function heNormal(x: Flow, shape: readonly number[]): Tensor {
  const fanIn = shape.slice(1).reduce((a, b) => a * b, 1);
  const deviation = Math.sqrt(2 / fanIn);
  const size = fanIn * (shape[0] ?? 1);
  return Tensor.of(
    'float32',
    Float32Array.from({ length: size }, () => x.random.normal() * deviation),
    shape,
  );
}

/** Weights drawn from a normal distribution of deviation 0.02 cut off at two of them, as transformers start with (Dosovitskiy et al. 2020, arXiv 2010.11929). */
export function truncatedNormal(x: Flow, shape: readonly number[]): Tensor {
  const draw = (): number => {
    for (;;) {
      const value = x.random.normal();
      if (Math.abs(value) <= 2) return value * 0.02;
    }
  };
  const size = shape.reduce((a, b) => a * b, 1);
  return Tensor.of('float32', Float32Array.from({ length: size }, draw), shape);
}

/** A float32 vector of one number. */
export const filled = (size: number, value: number): Tensor =>
  Tensor.of('float32', new Float32Array(size).fill(value));
