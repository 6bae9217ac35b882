import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ModelError, UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { syncFolder } from './durable.ts';
import { Journal } from './journal.ts';
import { ModelStore } from './model-store.ts';
import {
  checkMetrics,
  type Json,
  type KeptResult,
  type Measurement,
  type StoredMeasurement,
  type VariantRecord,
} from './record.ts';
import { Variant } from './variant.ts';

/** ONNX bytes to a model and back; `src/onnx` is one. */
export interface ModelCodec {
  readModel(content: Uint8Array): Model;
  writeModel(model: Model): Uint8Array;
}

/** What a step hands over for the ledger to keep. */
export interface NewVariant {
  readonly name: string;
  /** The model, or its ONNX bytes as they are. */
  readonly model: Model | Uint8Array;
  /** What it was made from: a variant, or its id. */
  readonly parent?: Variant | string;
  readonly step: string;
  readonly options?: Readonly<Record<string, Json>>;
  readonly data?: string;
  /** Fingerprint of the data. */
  readonly dataHash?: string;
  /** Other models that the step used, by what they were to it: `teacher`. */
  readonly models?: Readonly<Record<string, Variant>>;
  readonly metrics?: Readonly<Record<string, number>>;
  /** What `metrics.accuracy` was measured on: name of the data set, split and number of samples. */
  readonly tested?: string;
}

const shortestPrefix = 4;

/** All variants and measurements of a session in a folder on disk; several sessions may share it. */
export class Ledger {
  readonly folder: string;
  readonly #store: ModelStore;
  readonly #journal: Journal;
  readonly #codec: ModelCodec;
  /** Every variant in the order of the journal; a later one of the same name wins. */
  readonly #variants: Variant[] = [];
  readonly #measurements: StoredMeasurement[] = [];
  readonly #results = new Map<string, KeptResult>();
  readonly #touched = new Set<string>();
  #appending: Promise<unknown> = Promise.resolve();

  private constructor(init: { folder: string; store: ModelStore; codec: ModelCodec }) {
    this.folder = init.folder;
    this.#store = init.store;
    this.#codec = init.codec;
    this.#journal = new Journal(path.join(init.folder, 'ledger.jsonl'));
  }

  /** Opens the ledger in `folder` (by custom `.edgebook` beside the notebook) and makes it if it is not there. */
  static async open(folder: string, codec: ModelCodec): Promise<Ledger> {
    await mkdir(folder, { recursive: true });
    const store = await ModelStore.open(path.join(folder, 'models'));
    await syncFolder(folder);
    const ledger = new Ledger({ folder, store, codec });
    ledger.#refresh();
    return ledger;
  }

  /** Stores a model and its provenance. A name that is already there goes to the new variant. */
  async add(variant: NewVariant): Promise<Variant> {
    const { name, model, parent, step, options = {}, data, dataHash, metrics = {}, tested } = variant;
    if (name.trim() === '') throw new UsageError('A variant must have a name, it is empty');
    checkMetrics(metrics, name);
    const content = model instanceof Uint8Array ? model : this.#codec.writeModel(model);
    const id = await this.#store.put(content);
    const from = typeof parent === 'string' ? this.get(parent) : parent;
    const record: VariantRecord = {
      name,
      id,
      ...(from && { parent: from.id, parentName: from.name }),
      step,
      options,
      ...(data !== undefined && { data }),
      ...(dataHash !== undefined && { dataHash }),
      ...(variant.models && { models: idsOf(variant.models) }),
      created: new Date().toISOString(),
      metrics,
      ...(tested !== undefined && { tested }),
      bytes: content.byteLength,
    };
    await this.#append({ kind: 'variant', variant: record });
    this.#touched.add(`${name} ${id}`);
    return this.#variants.findLast((candidate) => candidate.name === name && candidate.id === id)!;
  }

  /** Keeps what was measured of a variant, given itself, by name or by id. */
  async measure(variant: Variant | string, measurement: Measurement): Promise<void> {
    const { id, name } = typeof variant === 'string' ? this.get(variant) : variant;
    checkMetrics(measurement.metrics, name);
    const { device, batch, metrics, at, conditions } = measurement;
    const stored = { variant: id, device, batch, metrics, at, conditions };
    await this.#append({ kind: 'measurement', measurement: stored });
    this.#touched.add(`${name} ${id}`);
  }

  /** Keeps what a step gave, by the key of all that decides it; a later one of the same key wins. */
  async remember(key: string, model: Model | Uint8Array, told?: Json): Promise<void> {
    const content = model instanceof Uint8Array ? model : this.#codec.writeModel(model);
    const id = await this.#store.put(content);
    const result = { key, id, created: new Date().toISOString(), ...(told !== undefined && { told }) };
    await this.#append({ kind: 'result', result });
  }

  /** What was kept by a key, with the ONNX bytes; undefined if nothing was, or its file is gone or damaged. */
  recall(key: string): (KeptResult & { readonly content: Uint8Array }) | undefined {
    this.#refresh();
    const result = this.#results.get(key);
    if (!result) return undefined;
    try {
      return { ...result, content: this.#store.read(result.id) };
    } catch (error) {
      if (error instanceof ModelError) return undefined;
      throw error;
    }
  }

  /** The variant of a name, or of the start of an id (4 characters or more). Throws UsageError if there is none or several. */
  get(nameOrId: string): Variant {
    this.#refresh();
    const named = this.#variants.findLast((variant) => variant.name === nameOrId);
    if (named) return named;
    const matches =
      nameOrId.length >= shortestPrefix ? this.#variants.filter(({ id }) => id.startsWith(nameOrId)) : [];
    const last = matches.at(-1);
    if (!last) throw UsageError.unknown('variant', nameOrId, new Set(this.#variants.map(({ name }) => name)));
    if (matches.every(({ id }) => id === last.id)) return last;
    const list = [...new Set(matches.map(({ name, id }) => `${name} (${id.slice(0, 12)})`))];
    throw new UsageError(
      `Id '${nameOrId}' must be one variant's, it is the start of ${list.length}: ${list.join(', ')}`,
    );
  }

  /** The variants by name, oldest first; those whose name went to a later one are left out. */
  variants(): Variant[] {
    this.#refresh();
    const byName = new Map<string, Variant>();
    for (const variant of this.#variants) {
      byName.delete(variant.name);
      byName.set(variant.name, variant);
    }
    return [...byName.values()];
  }

  /** Those of `variants()` that were added or measured through this object: what this session is about. */
  sessionVariants(): Variant[] {
    return this.variants().filter(({ name, id }) => this.#touched.has(`${name} ${id}`));
  }

  /** All measurements, or those of one variant, oldest first. */
  measurements(variant?: string): StoredMeasurement[] {
    this.#refresh();
    if (variant === undefined) return [...this.#measurements];
    const { id } = this.get(variant);
    return this.#measurements.filter((measurement) => measurement.variant === id);
  }

  /** From the first ancestor down to the variant itself. */
  lineage(variant: string): readonly Variant[] {
    return this.get(variant).lineage();
  }

  /** What a reader should know about the state of the files. */
  warnings(): string[] {
    this.#refresh();
    return this.#journal.skipped.map(
      (line) => `${this.#journal.file} line ${line} cannot be read and was skipped`,
    );
  }

  /** One append at a time, so that the journal's end is known; then takes in what came, from here or elsewhere. */
  #append(entry: Parameters<Journal['append']>[0]): Promise<void> {
    const append = this.#appending.then(async () => {
      this.#refresh();
      await this.#journal.append(entry);
      this.#refresh();
    });
    this.#appending = append.catch(() => undefined);
    return append;
  }

  #refresh(): void {
    const { restarts } = this.#journal;
    const entries = this.#journal.read();
    if (this.#journal.restarts > restarts) {
      this.#variants.length = 0;
      this.#measurements.length = 0;
      this.#results.clear();
    }
    for (const entry of entries) {
      if (entry.kind === 'measurement') this.#measurements.push(entry.measurement);
      else if (entry.kind === 'result') this.#results.set(entry.result.key, entry.result);
      else this.#variants.push(this.#variant(entry.variant));
    }
  }

  #variant(record: VariantRecord): Variant {
    const at = this.#variants.length;
    const store = this.#store;
    const variant: Variant = new Variant(record, {
      content: () => store.read(record.id),
      decode: (content) => this.#codec.readModel(content),
      lineage: () => [...this.#ancestors(record, at), variant],
      path: store.path(record.id),
    });
    return variant;
  }

  /** A parent is the last variant of that id, of its name if it can be, before the child in the journal, so that no line can be a circle. */
  #ancestors({ parent, parentName }: VariantRecord, before: number): readonly Variant[] {
    const same = this.#variants.filter((candidate, i) => i < before && candidate.id === parent);
    const found = same.findLast(({ name }) => name === parentName) ?? same.at(-1);
    return found ? found.lineage() : [];
  }
}

const idsOf = (models: Readonly<Record<string, Variant>>): Record<string, string> =>
  Object.fromEntries(Object.entries(models).map(([role, { id }]) => [role, id]));
