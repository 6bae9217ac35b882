import { UsageError } from '../errors.ts';
import type { Value } from '../ir/index.ts';
import {
  type Flow,
  filled,
  type Layer,
  nameLayer,
  next,
  sampleShape,
  truncatedNormal,
  write,
} from './flow.ts';

/** Fully connected over the last axis of tokens: [N,T,features] -> [N,T,units]. The weight is [features,units]. */
export const tokenDense =
  (units: number): Layer =>
  (x) => {
    const layer = nameLayer(x, 'dense');
    const [, features = 1] = sampleShape(x, layer, 2);
    const weight = x.g.initializer(`${layer}.weight`, truncatedNormal(x, [features, units]));
    const product = write(x, `${layer}.product`, { op: 'MatMul', inputs: [weight] });
    const bias = x.g.initializer(`${layer}.bias`, filled(units, 0));
    return write(product, layer, { op: 'Add', inputs: [bias] });
  };

/** Normalization of each token over its features (Ba et al. 2016, arXiv 1607.06450), in elementary operators. */
export const layerNormalization =
  ({ epsilon = 1e-6 } = {}): Layer =>
  (x) => {
    const layer = nameLayer(x, 'norm');
    const { g } = x;
    const features = sampleShape(x, layer).at(-1) ?? 1;
    const mean = (value: Value): Value => g.op('ReduceMean', [value, g.int64s([-1])], { keepdims: 1 });
    const centred = g.op('Sub', [x.value, mean(x.value)]);
    const variance = mean(g.op('Mul', [centred, centred]));
    const normalized = g.op('Div', [centred, g.op('Sqrt', [g.op('Add', [variance, g.scalar(epsilon)])])]);
    const scale = g.initializer(`${layer}.weight`, filled(features, 1));
    const scaled = g.op('Mul', [normalized, scale]);
    return write(next(x, scaled), layer, {
      op: 'Add',
      inputs: [g.initializer(`${layer}.bias`, filled(features, 0))],
    });
  };

/** x Phi(x), with the normal distribution function by tanh (Hendrycks and Gimpel 2016, arXiv 1606.08415). */
export const gelu = (): Layer => (x) => {
  const layer = nameLayer(x, 'gelu');
  const { g, value } = x;
  const cube = g.op('Mul', [g.op('Mul', [value, value]), value]);
  const inner = g.op('Add', [value, g.op('Mul', [cube, g.scalar(0.044715)])]);
  const tanh = g.op('Tanh', [g.op('Mul', [inner, g.scalar(Math.sqrt(2 / Math.PI))])]);
  const half = g.op('Mul', [g.op('Add', [tanh, g.scalar(1)]), g.scalar(0.5)]);
  return write(x, layer, { op: 'Mul', inputs: [half] });
};

/**
 * Self-attention of tokens [N,T,features] with `heads` heads (Vaswani et al. 2017, arXiv 1706.03762): constants
 * `<name>.query`, `.key`, `.value` and `.proj`. Throws UsageError if the heads do not divide the features.
 */
export const selfAttention =
  (heads: number): Layer =>
  (x) => {
    const layer = nameLayer(x, 'attention');
    const [tokens = 1, features = 1] = sampleShape(x, layer, 2);
    const { g } = x;
    if (features % heads !== 0)
      throw new UsageError(`${layer}: ${features} features must be divisible by ${heads} heads`);
    const width = features / heads;
    const part = (name: string, perm: readonly number[]): Value => {
      const { value } = tokenDense(features)({ ...x, named: `${layer}.${name}` });
      const split = g.op('Reshape', [value, g.int64s([0, tokens, heads, width])]);
      return g.op('Transpose', [split], { perm: [...perm] });
    };
    const [query, key, value] = [
      part('query', [0, 2, 1, 3]),
      part('key', [0, 2, 3, 1]),
      part('value', [0, 2, 1, 3]),
    ];
    const scores = g.op('Mul', [g.op('MatMul', [query, key]), g.scalar(1 / Math.sqrt(width))]);
    const mixed = g.op('MatMul', [g.op('Softmax', [scores], { axis: -1 }), value]);
    const joined = g.op('Reshape', [
      g.op('Transpose', [mixed], { perm: [0, 2, 1, 3] }),
      g.int64s([0, tokens, features]),
    ]);
    return tokenDense(features)({ ...next(x, joined), named: `${layer}.proj` });
  };

/**
 * An image as tokens: each patch as `embed` tells it in `features` channels, a learned class token before them, and a
 * learned position added: [N,C,H,W] -> [N,1+patches,features]. Constants `cls_token` and `pos_embed`.
 */
export const patchTokens =
  (features: number, embed: Layer): Layer =>
  (x) => {
    const patches: Flow = embed(x);
    const { g } = x;
    const [, height = 1, width = 1] = sampleShape(patches, 'patch_embed', 3);
    const rows = g.op('Reshape', [patches.value, g.int64s([0, features, height * width])]);
    const tokens = g.op('Transpose', [rows], { perm: [0, 2, 1] });
    // The class token for every sample of the batch: a token times 0 has the shape.
    const first = g.op('Slice', [tokens, g.int64s([0]), g.int64s([1]), g.int64s([1])]);
    const token = g.initializer('cls_token', truncatedNormal(x, [1, 1, features]));
    const classToken = g.op('Add', [g.op('Mul', [first, g.scalar(0)]), token]);
    const all = g.op('Concat', [classToken, tokens], { axis: 1 });
    const position = g.initializer('pos_embed', truncatedNormal(x, [1, height * width + 1, features]));
    return write(next(x, all), 'tokens', { op: 'Add', inputs: [position] });
  };

/** The first token of [N,T,features] as [N,features]. */
export const firstToken = (): Layer => (x) => {
  const layer = nameLayer(x, 'token');
  const { g } = x;
  const [, features = 1] = sampleShape(x, layer, 2);
  const first = g.op('Slice', [x.value, g.int64s([0]), g.int64s([1]), g.int64s([1])]);
  return write(next(x, first), layer, { op: 'Reshape', inputs: [g.int64s([0, features])] });
};
