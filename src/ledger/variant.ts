import type { Model } from '../ir/index.ts';
import { type Displayable, displaySymbol, type MimeBundle, Report } from '../report.ts';
import { metricColumn } from './metrics.ts';
import type { Json, VariantRecord } from './record.ts';

/** Where a variant gets what is not in its record. */
export interface VariantSource {
  /** The ONNX bytes, checked against the id. */
  content(): Uint8Array;
  decode(content: Uint8Array): Model;
  /** From the first ancestor down to the variant itself. */
  lineage(): readonly Variant[];
  /** Where the bytes are on disk. */
  readonly path: string;
}

/** A model with its provenance: what it was made from, by which step, with which options and data. */
export class Variant implements Displayable {
  readonly name: string;
  /** sha256 of the ONNX bytes, in hexadecimal. */
  readonly id: string;
  readonly parent: string | undefined;
  readonly step: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly data: string | undefined;
  /** Fingerprint of the data; undefined if it was not taken. */
  readonly dataHash: string | undefined;
  /** Ids of other models that the step used, by what they were to it: `teacher`. */
  readonly models: Readonly<Record<string, string>>;
  readonly created: string;
  readonly metrics: Readonly<Record<string, number>>;
  /** What `metrics.accuracy` was measured on, for example `mnist test 10000`. */
  readonly tested: string | undefined;
  /** Size of the ONNX file. */
  readonly bytes: number;
  /** What the step that made it had to tell; only in the session that made it. */
  report: Report | undefined;
  readonly #source: VariantSource;
  #model: Model | undefined;

  constructor(record: VariantRecord, source: VariantSource) {
    this.name = record.name;
    this.id = record.id;
    this.parent = record.parent;
    this.step = record.step;
    this.options = record.options;
    this.data = record.data;
    this.dataHash = record.dataHash;
    this.models = record.models ?? {};
    this.created = record.created;
    this.metrics = record.metrics;
    this.tested = record.tested;
    this.bytes = record.bytes;
    this.#source = source;
  }

  /** The model, decoded when first asked for. Throws ModelError if its file is gone, damaged or malformed. */
  get model(): Model {
    this.#model ??= this.#source.decode(this.content());
    return this.#model;
  }

  /** The ONNX file's bytes. */
  content(): Uint8Array {
    return this.#source.content();
  }

  /** The ONNX file, to hand to a runtime that reads files itself. */
  get path(): string {
    return this.#source.path;
  }

  /** From the first ancestor that the ledger knows down to this variant. */
  lineage(): readonly Variant[] {
    return this.#source.lineage();
  }

  [displaySymbol](): MimeBundle | Promise<MimeBundle> {
    return describe(this)[displaySymbol]();
  }

  toString(): string {
    return describe(this).toText();
  }
}

/** Name, history, size and metrics as one row, and the options as a second look would want them. */
function describe(variant: Variant): Report {
  const { name, step, options, data, bytes, metrics, id } = variant;
  const history = variant.lineage().map((ancestor) => ancestor.step);
  const parent = variant.lineage().at(-2);
  const settings = Object.entries(options).map(([key, value]) => `${key} ${asText(value)}`);
  const made = [
    step,
    parent && `of ${parent.name}`,
    data && `on ${data}`,
    settings.length > 0 && `(${settings.join(', ')})`,
  ];
  return new Report({
    title: `${name}: ${made.filter(Boolean).join(' ')}`,
    columns: [
      { key: 'history', header: 'history' },
      { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
      ...Object.keys(metrics).map(metricColumn),
      { key: 'id', header: 'id' },
    ],
    rows: [{ ...metrics, history: history.join(' → '), bytes, id: id.slice(0, 12) }],
  });
}

/** `shift 1, flip 0.5` for a record, `stem* stack1*` for a list. */
function asText(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(asText).join(' ');
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return Object.entries(value)
    .map(([name, part]) => `${name} ${asText(part)}`)
    .join(', ');
}
