import { UsageError } from '../errors.ts';
import { product } from '../ir/index.ts';
import { permutation, random } from '../random.ts';
import { type Displayable, displaySymbol, type MimeBundle } from '../report.ts';
import { type Batch, type BatchOptions, batchesOf } from './batch.ts';
import { showDataset } from './dataset-display.ts';
import { type HoldOutOptions, holdOut } from './hold-out.ts';
import type { Normalization } from './normalization.ts';
import { indicesByClass } from './sample-order.ts';
import { isSource, pick, type Samples } from './sample-source.ts';
import { checkSplit, firstSamples, type Labels, type Split, selectSamples, splitSize } from './split.ts';

export interface DatasetInit {
  readonly name: string;
  /** Of one sample: [C, H, W], or [features]. */
  readonly sampleShape: readonly number[];
  /** Empty for data without classes. */
  readonly classNames: readonly string[];
  readonly splits: Readonly<Record<string, Split>>;
  readonly normalization: Normalization;
  /** Of one sample's targets. Default [1]; only for data with targets. */
  readonly targetShape?: readonly number[];
  /** What the numbers of a sample are, where they have names: columns of a table. */
  readonly featureNames?: readonly string[];
  /** Shuffled batches of `train` draw every class equally often. Default false. */
  readonly balanced?: boolean;
  /** What the reader must know: files that were left out. */
  readonly warnings?: readonly string[];
}

/**
 * Samples in splits (`train`, `test`, ...), with classes, targets or neither; kept as stored and normalized batch by
 * batch. Those of a folder are read from their files when they are needed.
 */
export class Dataset implements Displayable {
  readonly name: string;
  readonly sampleShape: readonly number[];
  readonly targetShape: readonly number[];
  readonly classNames: readonly string[];
  readonly featureNames: readonly string[];
  readonly splits: Readonly<Record<string, Split>>;
  /** The same for training, calibration and evaluation. */
  readonly normalization: Normalization;
  readonly balanced: boolean;
  readonly warnings: readonly string[];

  /** Throws UsageError if a split's images do not fit its labels or the sample shape, or a label has no class. */
  constructor(init: DatasetInit) {
    this.name = init.name;
    this.sampleShape = init.sampleShape;
    this.targetShape = init.targetShape ?? [1];
    this.classNames = init.classNames;
    this.featureNames = init.featureNames ?? [];
    this.splits = init.splits;
    this.normalization = init.normalization;
    this.balanced = init.balanced ?? false;
    this.warnings = init.warnings ?? [];
    for (const [name, split] of Object.entries(this.splits))
      checkSplit(split, { ...this, name, dataset: this.name, classCount: this.classNames.length });
  }

  get splitNames(): string[] {
    return Object.keys(this.splits);
  }

  /** Number of samples in a split. */
  size(split: string): number {
    return splitSize(this.split(split), this);
  }

  /** The samples of a split as stored: not normalized, one after the other. Throws UsageError if they are in files. */
  images(split: string): Samples {
    const { images } = this.split(split);
    if (!isSource(images)) return images;
    throw new UsageError(
      `The samples of ${this.name} are read when they are needed: use batches('${split}') or read('${split}', indices)`,
    );
  }

  /** Some samples of a split as stored, one after the other. */
  async read(split: string, indices: Uint32Array): Promise<Samples> {
    const { images } = this.split(split);
    return isSource(images) ? images.read(indices) : pick(images, indices, product(this.sampleShape));
  }

  /** The class of each sample of a split. Throws UsageError if the data have no labels. */
  labels(split: string): Labels {
    const { labels } = this.split(split);
    if (labels) return labels;
    throw new UsageError(`${this.name} has no labels. Choose labelled data, or say where the labels are`);
  }

  /** Samples of each class in a split. Throws UsageError if the data have no labels. */
  classCounts(split: string): number[] {
    const classes = indicesByClass(this.labels(split));
    return this.classNames.map((_, label) => classes[label]?.length ?? 0);
  }

  /**
   * What a loss may be multiplied with so that every class weighs the same: samples / (classes * samples of the class),
   * as scikit-learn's `balanced`; 0 for a class without samples.
   */
  classWeights(split: string): number[] {
    const counts = this.classCounts(split);
    const present = counts.filter((count) => count > 0).length;
    return counts.map((count) => (count > 0 ? this.size(split) / (present * count) : 0));
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
    const balance = this.balanced && split === 'train' && options.shuffle !== undefined;
    return { [Symbol.asyncIterator]: () => batchesOf(samples, this, { balance, ...options }) };
  }

  /** The first `count` samples of every split, over the same memory; named `mnist[:2000]` if that leaves any out. */
  take(count: number): Dataset {
    const splits = this.#map((split) => firstSamples(split, count, this));
    const cuts = this.splitNames.some((name) => this.size(name) > count);
    return this.with({ splits, name: cuts ? `${this.name}[:${count}]` : this.name });
  }

  /** Moves `count` samples of `train`, chosen by `seed`, into a new split `validation`; the name says so. */
  withValidation(count: number, seed = 0): Dataset {
    const train = this.split('train');
    const size = this.size('train');
    if (!Number.isInteger(count) || count < 1 || count >= size)
      throw new UsageError(
        `The validation split of ${this.name} must take 1 to ${size - 1} samples, was ${count}`,
      );
    const order = permutation(size, random(seed));
    const splits = {
      ...this.splits,
      train: selectSamples(train, order.subarray(count).sort(), this),
      validation: selectSamples(train, order.subarray(0, count).sort(), this),
    };
    return this.with({ splits, name: `${this.name}[validation=${count},seed=${seed}]` });
  }

  /**
   * Moves parts of `train` into new splits: `{ test: 0.2, validation: 0.1 }`, with as much of each class. The name says so.
   * Throws UsageError if a split is there already, or a part is no fraction that leaves samples on both sides.
   */
  holdOut(fractions: Readonly<Record<string, number>>, options: HoldOutOptions = {}): Dataset {
    const train = this.split('train');
    const taken = Object.keys(fractions).find((name) => name in this.splits);
    if (taken) throw new UsageError(`${this.name} has a split '${taken}' of its own: leave '${taken}' out`);
    const parts = holdOut({ size: this.size('train'), labels: train.labels }, fractions, options);
    const splits = Object.entries(parts).map(([name, indices]) => [
      name,
      selectSamples(train, indices, this),
    ]);
    const said = Object.entries({ ...fractions, seed: options.seed ?? 0 }).map(
      ([key, value]) => `${key}=${value}`,
    );
    return this.with({
      splits: { ...this.splits, ...Object.fromEntries(splits) },
      name: `${this.name}[${said.join(',')}]`,
    });
  }

  /** This data set with something else in it. */
  with(changes: Partial<DatasetInit>): Dataset {
    return new Dataset({ ...this, ...changes });
  }

  [displaySymbol](): Promise<MimeBundle> {
    return showDataset(this);
  }

  #map(change: (split: Split) => Split): DatasetInit['splits'] {
    return Object.fromEntries(Object.entries(this.splits).map(([name, split]) => [name, change(split)]));
  }
}
