import { UsageError } from '../errors.ts';

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What one run on a device gave, as plain data. Units of the known metrics: `metrics.ts`. */
export interface Measurement {
  /** `local` or the name the device was attached under. */
  readonly device: string;
  /** Samples per call. */
  readonly batch: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** ISO 8601 time of the end of the run. */
  readonly at: string;
  /** What the figures depend on: threads, provider, runtime, `data` of the accuracy; `kind: 'emulated'` or `'estimate'` if not measured. */
  readonly conditions: Readonly<Record<string, string | number>>;
}

/** A measurement with the id of the variant it belongs to. */
export type StoredMeasurement = Measurement & { readonly variant: string };

/** A variant as the journal keeps it. */
export interface VariantRecord {
  readonly name: string;
  /** sha256 of the ONNX bytes, in hexadecimal. */
  readonly id: string;
  /** Id of the variant that this one was made from. */
  readonly parent?: string;
  /** The parent's name: variants of different names may have the same content. */
  readonly parentName?: string;
  /** What made it: `train`, `load`, `quantize`, ... */
  readonly step: string;
  readonly options: Readonly<Record<string, Json>>;
  /** Name of the data set that the step used. */
  readonly data?: string;
  /** Its fingerprint: sha256 of its content, in hexadecimal. */
  readonly dataHash?: string;
  /** Ids of other models that the step used, by what they were to it: `teacher`. */
  readonly models?: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly created: string;
  /** What is known without a device: `accuracy` as a fraction, `parameters`, `macs`, ... */
  readonly metrics: Readonly<Record<string, number>>;
  /** What `metrics.accuracy` was measured on: `mnist test 10000`. */
  readonly tested?: string;
  /** Size of the ONNX bytes. */
  readonly bytes: number;
}

/** What a step gave that is not to be run again with the same input: kept by a key of all that decides it. */
export interface KeptResult {
  /** sha256 of the input model, step, options, data and tool version, in hexadecimal. */
  readonly key: string;
  /** sha256 of the ONNX bytes of the result. */
  readonly id: string;
  /** ISO 8601. */
  readonly created: string;
  /** What the step had to tell, and whatever else it gave. */
  readonly told?: Json;
}

/** One line of the journal. */
export type Entry =
  | { readonly kind: 'result'; readonly result: KeptResult }
  | { readonly kind: 'variant'; readonly variant: VariantRecord }
  | { readonly kind: 'measurement'; readonly measurement: StoredMeasurement };

/** Throws UsageError for a number that JSON cannot hold, since it would come back as null. */
export function checkMetrics(metrics: Readonly<Record<string, number>>, owner: string): void {
  for (const [name, value] of Object.entries(metrics)) {
    if (Number.isFinite(value)) continue;
    throw new UsageError(
      `Metric '${name}' of '${owner}' must be a finite number, is ${value}. Leave it out if unknown.`,
    );
  }
}

/** The entry that a journal line holds; undefined if the line is not one that this version knows. */
export function parseEntry(line: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(entry: unknown): entry is Entry {
  if (!isObject(entry)) return false;
  const { kind, variant, measurement, result } = entry;
  if (kind === 'variant') return isVariant(variant);
  if (kind === 'result') return isResult(result);
  return kind === 'measurement' && isMeasurement(measurement);
}

const isVariant = (value: unknown): boolean =>
  isObject(value) &&
  ['name', 'id', 'step', 'created'].every((key) => typeof value[key] === 'string') &&
  typeof value.bytes === 'number' &&
  isObject(value.metrics) &&
  isObject(value.options);

const isResult = (value: unknown): boolean =>
  isObject(value) && ['key', 'id', 'created'].every((key) => typeof value[key] === 'string');

const isMeasurement = (value: unknown): boolean =>
  isObject(value) &&
  ['variant', 'device', 'at'].every((key) => typeof value[key] === 'string') &&
  typeof value.batch === 'number' &&
  isObject(value.metrics) &&
  isObject(value.conditions);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
