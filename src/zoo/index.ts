import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { input, model } from '../layers/index.ts';
import type { Architecture } from './architecture.ts';
import { autoencoder } from './autoencoder.ts';
import { dscnn } from './ds-cnn.ts';
import { efficientnetLite0 } from './efficientnet-lite0.ts';
import { lenet5 } from './lenet5.ts';
import { mobilenetv1 } from './mobilenetv1.ts';
import { mobilenetv2 } from './mobilenetv2.ts';
import { mobilenetv3Small } from './mobilenetv3-small.ts';
import { resnet8 } from './resnet8.ts';
import { resnet20 } from './resnet20.ts';
import { cnn, lenet, mlp, mobile } from './small.ts';
import { vitTiny } from './vit-tiny.ts';

export type { Architecture } from './architecture.ts';

/** Networks to start from, by name. */
export const architectures: Readonly<Record<string, Architecture>> = {
  mlp,
  lenet,
  cnn,
  mobile,
  lenet5,
  resnet8,
  resnet20,
  dscnn,
  mobilenetv1,
  mobilenetv2,
  mobilenetv3_small: mobilenetv3Small,
  efficientnet_lite0: efficientnetLite0,
  vit_tiny: vitTiny,
  autoencoder,
};

export interface ArchitectureOptions {
  /** The shape of one sample, mostly [C, H, W]. */
  readonly sample: readonly number[];
  readonly classes: number;
  /** Fixes the initial weights. Default 0. */
  readonly seed?: number;
  /** Factor of the number of channels. Default 1, the published network. */
  readonly width?: number;
}

/** A fresh, untrained network. Throws UsageError for an unknown name, or a width where it cannot be scaled. */
export function architecture(
  name: string,
  { sample, classes, seed = 0, width = 1 }: ArchitectureOptions,
): Model {
  const found = Object.hasOwn(architectures, name) ? architectures[name] : undefined;
  if (!found) throw UsageError.unknown('architecture', name, Object.keys(architectures));
  if (!(Number.isFinite(width) && width > 0))
    throw new UsageError(`'width' must be a factor above 0, was ${width}`);
  if (width !== 1 && !found.hasWidth) {
    const scalable = Object.keys(architectures).filter((other) => architectures[other]!.hasWidth);
    throw new UsageError(`'${name}' has no width to scale. These have: ${scalable.join(', ')}`);
  }
  return model(found.build(input(sample, { seed }), { classes, width }));
}
