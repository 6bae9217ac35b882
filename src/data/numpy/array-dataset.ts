import { UsageError } from '../../errors.ts';
import { halfToFloat, product, type Tensor } from '../../ir/index.ts';
import { Dataset } from '../dataset.ts';
import { normalizationOf } from '../normalization.ts';
import type { Samples } from '../sample-source.ts';
import type { Split } from '../split.ts';

export interface ArrayOptions {
  /** Shape of a sample. Default: the array's own without the first dimension, pictures as [C, H, W]. */
  readonly shape?: readonly number[];
}

/** Names of the arrays of samples and of labels, in the order in which they are tried; `train` and `test` may follow. */
const sampleNames = ['x', 'images', 'data', 'features', 'inputs'];
const labelNames = ['y', 'labels', 'targets', 'classes', 'target', 'label'];

/**
 * A data set of arrays as Keras and NumPy users save them: `x` and `y`, or `x_train`, `y_train`, `x_test`, `y_test`
 * (images, data, features; labels, targets). Whole-number `y` are classes, others targets; without `y` the data have no
 * labels. Throws UsageError that names the arrays if none fits, or they are not of the same samples.
 */
export function arrayDataset(
  file: string,
  arrays: ReadonlyMap<string, Tensor>,
  { name, shape }: ArrayOptions & { readonly name: string },
): Dataset {
  const parts = ['train', 'test', 'validation'].flatMap((split) => {
    const samples =
      findArray(arrays, sampleNames, split) ?? (split === 'train' ? onlyArray(arrays) : undefined);
    return samples ? [{ split, samples, labels: findArray(arrays, labelNames, split) }] : [];
  });
  const [first] = parts;
  if (first?.split !== 'train')
    throw new UsageError(
      `${file} must have an array of samples named ${sampleNames.join(', ')} or x_train; it has: ${[...arrays.keys()].join(', ') || 'none'}`,
    );
  const layout = layoutOf(first.samples, { shape, file });
  const classes = classNamesOf(parts.map(({ labels }) => labels));
  const splits = parts.map(({ split, samples, labels }) => [
    split,
    splitOf({ samples, labels, layout, file: `${file} (${split})`, classified: classes !== undefined }),
  ]);
  const dtype = first.samples.dtype === 'uint8' ? 'uint8' : 'float32';
  return new Dataset({
    name,
    sampleShape: layout.sampleShape,
    targetShape: first.labels && !classes ? targetShape(first.labels) : [1],
    classNames: classes ?? [],
    splits: Object.fromEntries(splits),
    normalization: normalizationOf(dtype, layout.sampleShape, {}),
  });
}

/** `x_train`, `train_x`, `X_train`, `trainx`; for `train` also `x`. */
function findArray(
  arrays: ReadonlyMap<string, Tensor>,
  names: readonly string[],
  split: string,
): Tensor | undefined {
  const spellings = names.flatMap((name) => [
    `${name}_${split}`,
    `${split}_${name}`,
    ...(split === 'validation' ? [`${name}_val`, `val_${name}`] : []),
    ...(split === 'train' ? [name] : []),
  ]);
  const found = spellings.map((spelling) => [...arrays].find(([key]) => key.toLowerCase() === spelling));
  return found.find((entry) => entry !== undefined)?.[1];
}

const onlyArray = (arrays: ReadonlyMap<string, Tensor>): Tensor | undefined =>
  arrays.size === 1 ? [...arrays.values()][0] : undefined;

interface Layout {
  readonly sampleShape: readonly number[];
  /** Samples are stored [H, W, C]. */
  readonly channelsLast: boolean;
}

function layoutOf(
  samples: Tensor,
  { shape, file }: { shape: readonly number[] | undefined; file: string },
): Layout {
  const own = samples.shape.slice(1);
  if (samples.shape.length === 0 || samples.size === 0)
    throw new UsageError(
      `${file}: samples must be an array [samples, ...], is [${samples.shape.join(', ')}]`,
    );
  if (shape) {
    if (product(shape) === product(own)) return { sampleShape: shape, channelsLast: false };
    throw new UsageError(
      `${file}: samples [${own.join(', ')}] cannot have shape [${shape.join(', ')}]: another number of values`,
    );
  }
  const isChannels = (dim: number | undefined) => dim === 1 || dim === 3;
  if (own.length === 0) return { sampleShape: [1], channelsLast: false };
  if (own.length === 2) return { sampleShape: [1, ...own], channelsLast: false };
  if (own.length === 3 && isChannels(own[2]) && !isChannels(own[0]))
    return { sampleShape: [own[2]!, own[0]!, own[1]!], channelsLast: true };
  return { sampleShape: own, channelsLast: false };
}

interface Part {
  readonly samples: Tensor;
  readonly labels: Tensor | undefined;
  readonly layout: Layout;
  readonly file: string;
  readonly classified: boolean;
}

function splitOf({ samples, labels, layout, file, classified }: Part): Split {
  const count = samples.shape[0] ?? 0;
  const size = product(layout.sampleShape);
  if (samples.size !== count * size)
    throw new UsageError(
      `${file}: samples must be of shape [${layout.sampleShape.join(', ')}], are [${samples.shape.slice(1).join(', ')}]`,
    );
  if (labels && labels.shape[0] !== count)
    throw new UsageError(
      `${file}: ${count} samples must have as many labels, have ${labels.shape[0] ?? 'one for all'}`,
    );
  const plain = samples.dtype === 'uint8' ? samples.bytes : toFloats(samples);
  const images = layout.channelsLast ? channelsFirst(plain, layout.sampleShape) : plain;
  if (!labels) return { images };
  const values = toFloats(labels);
  return classified ? { images, labels: Int32Array.from(values) } : { images, targets: values };
}

const targetShape = ({ shape }: Tensor): readonly number[] => (shape.length > 1 ? shape.slice(1) : [1]);

/** `0` to the highest label, if all labels are whole numbers of 0 or more, one a sample; undefined if they are not. */
function classNamesOf(labels: readonly (Tensor | undefined)[]): string[] | undefined {
  const given = labels.filter((tensor) => tensor !== undefined);
  let highest = -1;
  for (const tensor of given) {
    if (tensor.size !== tensor.shape[0] || /float/.test(tensor.dtype)) return undefined;
    for (const value of toFloats(tensor)) {
      if (value < 0) return undefined;
      highest = Math.max(highest, value);
    }
  }
  return highest < 0 ? undefined : Array.from({ length: highest + 1 }, (_, i) => String(i));
}

function toFloats(tensor: Tensor): Float32Array {
  if (tensor.dtype === 'float32') return tensor.data as Float32Array;
  if (tensor.dtype === 'float16') return halfToFloat(tensor.data as Uint16Array);
  return Float32Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** Samples [H, W, C] to [C, H, W]. */
function channelsFirst(samples: Samples, [channels = 1, height = 1, width = 1]: readonly number[]): Samples {
  const out =
    samples instanceof Uint8Array ? new Uint8Array(samples.length) : new Float32Array(samples.length);
  const plane = height * width;
  const size = channels * plane;
  for (let start = 0; start < samples.length; start += size)
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < plane; i++) out[start + c * plane + i] = samples[start + i * channels + c]!;
  return out;
}
