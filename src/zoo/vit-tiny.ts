import { UsageError } from '../errors.ts';
import {
  add,
  block,
  conv2d,
  dense,
  type Flow,
  firstToken,
  gelu,
  type Layer,
  layerNormalization,
  named,
  patchTokens,
  selfAttention,
  tokenDense,
} from '../layers/index.ts';
import type { Architecture } from './architecture.ts';

/**
 * ViT-Ti (Dosovitskiy et al. 2020, arXiv 2010.11929; tiny: Touvron et al. 2020, arXiv 2012.12877): 12 layers of 3 heads of
 * 64 features. The width scales the number of heads. Names as in timm, but query, key and value are constants of their own.
 */
export const vitTiny: Architecture = {
  summary:
    'ViT-Ti: a transformer of 12 layers with 3 heads of 64 features; patches of 16 pixels, less for small images',
  hasWidth: true,
  build(x, { classes, width }) {
    const heads = Math.max(1, Math.round(3 * width));
    const features = 64 * heads;
    const patch = patchSide(x);
    const embed = named('patch_embed.proj', conv2d(features, patch, { stride: patch, padding: 'valid' }));
    return block(
      patchTokens(features, embed),
      ...Array.from({ length: 12 }, (_, n) => encoderLayer(`blocks.${n}`, heads)),
      named('norm', layerNormalization()),
      firstToken(),
      named('head', dense(classes)),
    )(x);
  },
};

/** The largest of 16, 8, 7, 4, 2 that divides both sides and leaves at least 16 patches. */
function patchSide({ value: { shape } }: Flow): number {
  const [height, width] = [Number(shape?.[2]), Number(shape?.[3])];
  const side = [16, 8, 7, 4, 2].find(
    (size) => height % size === 0 && width % size === 0 && (height * width) / size ** 2 >= 16,
  );
  if (side) return side;
  throw new UsageError(
    `vit_tiny takes images whose sides 16, 8, 7, 4 or 2 divides into at least 16 patches, these are ${height} x ${width}`,
  );
}

function encoderLayer(name: string, heads: number): Layer {
  return (x) => {
    const features = 64 * heads;
    const attention = block(
      named(`${name}.norm1`, layerNormalization()),
      named(`${name}.attn`, selfAttention(heads)),
    );
    const mlp = block(
      named(`${name}.norm2`, layerNormalization()),
      named(`${name}.mlp.fc1`, tokenDense(4 * features)),
      gelu(),
      named(`${name}.mlp.fc2`, tokenDense(features)),
    );
    const attended = add(x, attention(x));
    return add(attended, mlp(attended));
  };
}
