import { UsageError } from '../errors.ts';
import { product } from '../ir/index.ts';
import { permutation, random } from '../random.ts';
import { type Displayable, displaySymbol, type MimeBundle } from '../report.ts';
import { type Batch, type BatchOptions, batchesOf, type Normalization, type Split } from './batch.ts';
import { showDataset } from './dataset-display.ts';

export interface DatasetInit {
  readonly name: string;
  /** Of one sample, [C, H, W]. */
  readonly sampleShape: readonly number[];
  readonly classNames: readonly string[];
  readonly splits: Readonly<Record<string, Split>>;
  readonly normalization: Normalization;
}

/** Labelled samples in splits (`train`, `test`, ...), kept as stored and normalized batch by batch. */
export class Dataset implements Displayable {
  readonly name: string;
  readonly sampleShape: readonly number[];
  readonly classNames: readonly string[];
  readonly splits: Readonly<Record<string, Split>>;
  /** The same for training, calibration and evaluation. */
  readonly normalization: Normalization;

  /** Throws UsageError if a split's images do not fit its labels or the sample shape, or a label has no class. */
  constructor({ name, sampleShape, classNames, splits, normalization }: DatasetInit) {
    this.name = name;
    this.sampleShape = sampleShape;
    this.classNames = classNames;
    this.splits = splits;
    this.normalization = normalization;
    for (const split of Object.keys(splits)) this.#check(split);
  }

  get splitNames(): string[] {
    return Object.keys(this.splits);
  }

  /** Number of samples in a split. */
  size(split: string): number {
    return this.split(split).labels.length;
  }

  /** The samples of a split as stored: not normalized, one after the other. */
  images(split: string): Split['images'] {
    return this.split(split).images;
  }

  /** The class of each sample of a split. */
  labels(split: string): Split['labels'] {
    return this.split(split).labels;
  }

  /** Throws UsageError for a name that is no split. */
  split(name: string): Split {
    const split = this.splits[name];
    if (!split) throw UsageError.unknown(`split of ${this.name}`, name, this.splitNames);
    return split;
  }

  /** Normalized batches of a split. Each pass over the result starts anew, in the same order. */
  batches(split: string, options: BatchOptions = {}): AsyncIterable<Batch> {
    const samples = this.split(split);
    return { [Symbol.asyncIterator]: () => batchesOf(samples, this, options) };
  }

  /** The first `count` samples of every split, over the same memory; named `mnist[:2000]` if that leaves any out. */
  take(count: number): Dataset {
    const size = product(this.sampleShape);
    const cut = ({ images, labels }: Split): Split => ({
      images: images.subarray(0, count * size),
      labels: labels.subarray(0, count),
    });
    const splits = Object.entries(this.splits).map(([name, split]) => [name, cut(split)] as const);
    const cuts = this.splitNames.some((name) => this.size(name) > count);
    return this.#with(Object.fromEntries(splits), cuts ? `${this.name}[:${count}]` : this.name);
  }

  /** Moves `count` samples of `train`, chosen by `seed`, into a new split `validation`; the name says so. */
  withValidation(count: number, seed = 0): Dataset {
    const train = this.split('train');
    if (!Number.isInteger(count) || count < 1 || count >= train.labels.length)
      throw new UsageError(
        `The validation split of ${this.name} must take 1 to ${train.labels.length - 1} samples, was ${count}`,
      );
    const order = permutation(train.labels.length, random(seed));
    const size = product(this.sampleShape);
    const splits = {
      ...this.splits,
      train: select(train, order.subarray(count).sort(), size),
      validation: select(train, order.subarray(0, count).sort(), size),
    };
    return this.#with(splits, `${this.name}[validation=${count},seed=${seed}]`);
  }

  [displaySymbol](): Promise<MimeBundle> {
    return showDataset(this);
  }

  #with(splits: DatasetInit['splits'], name: string): Dataset {
    const { sampleShape, classNames, normalization } = this;
    return new Dataset({ name, sampleShape, classNames, splits, normalization });
  }

  #check(name: string): void {
    const { images, labels } = this.split(name);
    const expected = labels.length * product(this.sampleShape);
    if (images.length !== expected)
      throw new UsageError(
        `Split '${name}' of ${this.name} must have ${expected} numbers for ${labels.length} samples of [${this.sampleShape.join(', ')}], has ${images.length}`,
      );
    const bad = labels.findIndex((label: number) => label < 0 || label >= this.classNames.length);
    if (bad >= 0)
      throw new UsageError(
        `Labels of split '${name}' of ${this.name} must be 0 to ${this.classNames.length - 1}, sample ${bad} has ${labels[bad]}`,
      );
  }
}

function select({ images, labels }: Split, indices: Uint32Array, size: number): Split {
  const out: Split = {
    images:
      images instanceof Uint8Array
        ? new Uint8Array(indices.length * size)
        : new Float32Array(indices.length * size),
    labels: labels instanceof Uint8Array ? new Uint8Array(indices.length) : new Int32Array(indices.length),
  };
  indices.forEach((index, i) => {
    out.images.set(images.subarray(index * size, (index + 1) * size), i * size);
    out.labels[i] = labels[index]!;
  });
  return out;
}
