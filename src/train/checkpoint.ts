import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UsageError } from '../errors.ts';
import { product, Tensor } from '../ir/index.ts';
import { replaceFile } from '../onnx/replace-file.ts';
import type { TrainingState } from './trainer.ts';
import type { StepMetrics } from './training-report.ts';
import type { ValidationMetrics } from './validation.ts';

/** All that a training needs to go on as if it had not stopped. */
export interface Checkpoint {
  /** What the training is: a checkpoint fits only where all of it is the same. */
  readonly run: Readonly<Record<string, string | number>>;
  /** Weights, moments and running statistics. */
  readonly state: TrainingState;
  /** Finished epochs. */
  readonly epoch: number;
  /** Batches of the next epoch that are done. */
  readonly position: number;
  readonly history: readonly StepMetrics[];
  readonly validation: readonly ValidationMetrics[];
  /** Weights and statistics of the best epoch so far, when there is a `patience`. */
  readonly best: TrainingState | undefined;
  /** Seconds of training so far. */
  readonly seconds: number;
}

/**
 * A checkpoint as a file in the safetensors format: the state's vectors as float32 tensors, those of the best epoch with
 * `best.` before the name, the rest as JSON in the header's metadata.
 */
export function encodeCheckpoint({ state, best, ...training }: Checkpoint): Uint8Array {
  const tensors = [...named(state, ''), ...named(best ?? {}, 'best.')];
  let offset = 0;
  const entries = tensors.map(([name, { shape, bytes }]) => {
    const start = offset;
    offset += bytes.length;
    return [name, { dtype: 'F32', shape, data_offsets: [start, offset] }];
  });
  const hash = createHash('sha256');
  for (const [, { bytes }] of tensors) hash.update(bytes);
  const metadata = { format, training: JSON.stringify(training), sha256: hash.digest('hex') };
  const header = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  const padded = Buffer.concat([header, Buffer.alloc((8 - (header.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...tensors.map(([, { bytes }]) => bytes)]);
}

const format = 'edgebook training 1';

const named = (state: TrainingState, prefix: string): [string, Tensor][] =>
  Object.entries(state).map(([name, tensor]) => [`${prefix}${name}`, tensor]);

/** Throws UsageError, which names `file`, for bytes that are no whole checkpoint. */
export function decodeCheckpoint(bytes: Uint8Array, file = 'the checkpoint'): Checkpoint {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new UsageError(
      `${file} must be a checkpoint of a training, cannot be read: ${(cause as Error).message}. Start without it`,
      { cause },
    );
  }
}

function decode(bytes: Uint8Array): Checkpoint {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 8) throw new Error('it is too short');
  const size = Number(view.readBigUInt64LE(0));
  if (size > view.length - 8) throw new Error('its header is not whole');
  const { __metadata__: metadata, ...entries } = JSON.parse(view.toString('utf8', 8, 8 + size)) as Header;
  if (metadata?.format !== format) throw new Error(`its format is not '${format}'`);
  const data = view.subarray(8 + size);
  if (createHash('sha256').update(data).digest('hex') !== metadata.sha256)
    throw new Error('its numbers are damaged');
  const [state, best]: Record<string, Tensor>[] = [{}, {}];
  for (const [
    name,
    {
      shape,
      data_offsets: [start, end],
    },
  ] of Object.entries(entries)) {
    if (product(shape) * 4 !== end - start) throw new Error(`'${name}' has not the size of its shape`);
    // A copy, since the file's bytes need not be aligned.
    const tensor = new Tensor('float32', shape, new Uint8Array(data.subarray(start, end)));
    if (name.startsWith('best.')) best![name.slice('best.'.length)] = tensor;
    else state![name] = tensor;
  }
  const training = JSON.parse(metadata.training) as Omit<Checkpoint, 'state' | 'best'>;
  return { ...training, state: state!, best: best!.parameters && best };
}

type Header = Record<string, { shape: number[]; data_offsets: [number, number] }> & {
  __metadata__?: { format: string; training: string; sha256: string };
};

/** Writes a checkpoint so that the file holds either the old one or all of the new: temporary file, fsync, rename. */
export async function saveCheckpoint(checkpoint: Checkpoint, file: string): Promise<void> {
  await replaceFile(file, [encodeCheckpoint(checkpoint)]);
}

/** Throws UsageError if there is no such file or it is no checkpoint. */
export async function loadCheckpoint(file: string): Promise<Checkpoint> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new UsageError(`Checkpoint '${file}' must be a readable file: ${cause.message}`, { cause });
  });
  return decodeCheckpoint(bytes, `'${file}'`);
}

/** Throws UsageError for a checkpoint of another training, naming the first thing that differs. */
export function checkSameRun(checkpoint: Checkpoint, run: Checkpoint['run']): void {
  const names = new Set([...Object.keys(run), ...Object.keys(checkpoint.run)]);
  const different = [...names].find((name) => checkpoint.run[name] !== run[name]);
  if (different === undefined) return;
  throw new UsageError(
    `A training goes on only with the same model, data and options: '${different}' was ` +
      `${checkpoint.run[different] ?? 'not set'} in the checkpoint, is ${run[different] ?? 'not set'}. Give the same, or start without the checkpoint`,
  );
}
