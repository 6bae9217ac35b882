import { ModelError } from '../../../errors.ts';
import { type Operand, pad, rankOf, reshape, resize, transpose } from '../../channels-last/index.ts';
import type { Json } from '../../json.ts';
import {
  type LayerCall,
  type LayerMapping,
  type LayerTable,
  onlyInput,
  pairAt,
  requireChannelsLast,
} from '../layer-call.ts';

const same: LayerMapping = onlyInput;

/** Layers that move elements, and those that do nothing once training is over. */
export const shapeLayers: LayerTable = {
  Dropout: same,
  SpatialDropout2D: same,
  GaussianNoise: same,
  GaussianDropout: same,
  AlphaDropout: same,
  ActivityRegularization: same,
  Flatten: (call) => flatten(call, onlyInput(call)),
  Reshape: (call) => reshape(call.w, onlyInput(call), batched(onlyInput(call), targetShape(call.config))),
  Permute: (call) => transpose(call.w, onlyInput(call), [0, ...call.config.get('dims').integers()]),
  ZeroPadding2D: (call) => {
    requireChannelsLast(call.config);
    const pairs = paddingPairs(call);
    return pad(call.w, onlyInput(call), { pairs: [[0, 0], ...pairs, [0, 0]] });
  },
  UpSampling2D: (call) => {
    const { w, config } = call;
    requireChannelsLast(config);
    const scales = pairAt(config, 'size', 2);
    const mode = config.optional('interpolation')?.choice('nearest', 'bilinear') ?? 'nearest';
    return resize(w, onlyInput(call), { mode: mode === 'bilinear' ? 'linear' : 'nearest', scales });
  },
};

/** -1 or null is what remains. */
const targetShape = (config: Json): number[] =>
  config
    .get('target_shape')
    .list()
    .map((size) => (size.value === null ? -1 : size.integer()));

function flatten({ w, config }: LayerCall, x: Operand): Operand {
  requireChannelsLast(config);
  if (rankOf(x) === 2) return x;
  const sizes = x.shape!.slice(1);
  if (sizes.every((size) => typeof size === 'number'))
    return reshape(w, x, batched(x, [sizes.reduce((a, b) => a * b, 1)]));
  // 0 copies the batch.
  if (typeof x.shape![0] === 'number') return reshape(w, x, [x.shape![0], -1]);
  throw new ModelError('must have an input whose sizes are known but for the batch');
}

/** The batch as it is if it is known, else as what is left, if nothing else is. */
function batched(x: Operand, rest: readonly number[]): number[] {
  const batch = x.shape?.[0];
  if (typeof batch === 'number') return [batch, ...rest];
  if (!rest.includes(-1)) return [-1, ...rest];
  const own = x.shape?.slice(1) ?? [];
  if (!own.every((size) => typeof size === 'number')) throw new ModelError('must have at most one open size');
  const given = rest.reduce((a, b) => a * (b === -1 ? 1 : b), 1);
  const open = own.reduce((a, b) => a * b, 1) / given;
  return [-1, ...rest.map((size) => (size === -1 ? open : size))];
}

/** `2`, `[2, 3]` or `[[0, 1], [0, 1]]`. */
function paddingPairs({ config }: LayerCall): [number, number][] {
  const json = config.optional('padding');
  if (!json)
    return [
      [1, 1],
      [1, 1],
    ];
  const entries = Array.isArray(json.value) ? json.list() : [json, json];
  const pairs = entries.map((entry) => {
    const [begin = -1, end = -1] = Array.isArray(entry.value)
      ? entry.integers()
      : [entry.integer(), entry.integer()];
    return [begin, end] as [number, number];
  });
  if (pairs.length === 2 && pairs.flat().every((size) => size >= 0)) return pairs;
  throw new ModelError('must have two pairs of paddings from 0');
}
