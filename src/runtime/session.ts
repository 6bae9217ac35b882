import { createRequire } from 'node:module';
import { availableParallelism, loadavg } from 'node:os';
import type * as Ort from 'onnxruntime-node';
import { ModelError } from '../errors.ts';
import { type DType, dtypeArray, type Shape, Tensor, type TypedArray } from '../ir/index.ts';

/** What a session is made with; names are onnxruntime's. */
export interface SessionOptions {
  /** Threads inside one operator. Default: onnxruntime's choice, the number of cores. */
  readonly threads?: number;
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
  /** Where onnxruntime writes the graph as it optimized it. */
  readonly optimizedModelPath?: string;
  /** Where onnxruntime writes the times of all nodes at `endProfiling`: a date and `.json` are added. */
  readonly profilePrefix?: string;
  /** Keeps QuantizeLinear/DequantizeLinear pairs as they are, as training through them needs. */
  readonly keepQdq?: boolean;
  /**
   * Whether threads that wait for work spin, which is fastest on an idle machine, or sleep, which is several times faster
   * on a busy one: there a thread that spins keeps another from the work that it waits for. Default: onnxruntime's, they spin.
   */
  readonly spinning?: boolean;
  /** Whether memory of one run is planned as one block, from the second run of the same shapes on. Default: onnxruntime's, true; false takes less. */
  readonly memoryPattern?: boolean;
}

/** An input or output as the model declares it. A dimension is its size, its name, or null if it has none. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

export type Feeds = Readonly<Record<string, Tensor>>;

/** A model loaded into onnxruntime, on the CPU. Release it when done. */
export class InferenceSession {
  readonly #session: Ort.InferenceSession;

  private constructor(session: Ort.InferenceSession) {
    this.#session = session;
  }

  /** Loads ONNX bytes or the file at a path. Throws ModelError with onnxruntime's words if it refuses. */
  static async create(model: Uint8Array | string, options: SessionOptions = {}): Promise<InferenceSession> {
    const ort = onnxruntime();
    try {
      const native = nativeOptions(options);
      const session =
        typeof model === 'string'
          ? await ort.InferenceSession.create(model, native)
          : await ort.InferenceSession.create(model, native);
      return new InferenceSession(session);
    } catch (cause) {
      throw new ModelError(`onnxruntime cannot load the model: ${(cause as Error).message}`, { cause });
    }
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  /** The tensors to feed; sequences and maps are left out. */
  get inputs(): readonly Port[] {
    return this.#session.inputMetadata.flatMap(toPort);
  }

  get outputs(): readonly Port[] {
    return this.#session.outputMetadata.flatMap(toPort);
  }

  /**
   * Runs the model once; all outputs, or those in `fetches`. The native call blocks this thread.
   * Throws ModelError if a feed is missing or does not fit.
   */
  async run(feeds: Feeds, fetches?: readonly string[]): Promise<Record<string, Tensor>> {
    const { Tensor: OrtTensor } = onnxruntime();
    const native: Record<string, Ort.Tensor> = {};
    for (const name of this.inputNames) {
      const feed = feeds[name];
      if (!feed)
        throw new ModelError(`The model needs input '${name}', fed were: ${Object.keys(feeds).join(', ')}`);
      native[name] = new OrtTensor(feed.dtype as Ort.Tensor.Type, feed.data as never, feed.shape);
    }
    try {
      const results = fetches ? await this.#session.run(native, fetches) : await this.#session.run(native);
      return Object.fromEntries(Object.entries(results).map(([name, t]) => [name, fromNative(t)]));
    } catch (cause) {
      throw new ModelError(`onnxruntime stopped: ${(cause as Error).message}`, { cause });
    }
  }

  /** Writes the times of all nodes since the session was made with `profilePrefix`. */
  endProfiling(): void {
    this.#session.endProfiling();
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function toPort(metadata: Ort.InferenceSession.ValueMetadata): Port[] {
  if (!metadata.isTensor) return [];
  const { name, type, shape } = metadata;
  return [{ name, dtype: type as DType, shape: shape.map((dim) => (dim === '' ? null : dim)) }];
}

function fromNative(tensor: Ort.Tensor): Tensor {
  const dtype = tensor.type as DType;
  const data = tensor.data as unknown as TypedArray;
  if (dtype === 'string') throw new ModelError('String outputs cannot be read yet');
  const Type = dtypeArray(dtype);
  const view = data instanceof Type ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Tensor.of(dtype, view, tensor.dims);
}

function nativeOptions(options: SessionOptions): Ort.InferenceSession.SessionOptions {
  return {
    // Fatal only: errors come back as exceptions, no need to print them as well.
    logSeverityLevel: 4,
    ...(options.threads && { intraOpNumThreads: options.threads }),
    ...(options.optimization && { graphOptimizationLevel: options.optimization }),
    ...(options.profilePrefix && { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
    ...(options.optimizedModelPath && { optimizedModelFilePath: options.optimizedModelPath }),
    ...(options.memoryPattern === false && { enableMemPattern: false }),
    extra: {
      session: {
        ...(options.keepQdq && { disable_quant_qdq: '1' }),
        ...(options.spinning === false && { intra_op: { allow_spinning: '0' } }),
      },
    },
  };
}

/** Whether other processes want all processors: the system's mean of the last minute, 0 where it knows none (Windows). */
export const isBusyMachine = (): boolean => loadavg()[0]! >= availableParallelism();

/** Version of the native library, which this loads. */
export const onnxruntimeVersion = (): string =>
  onnxruntime().env.versions.node ?? onnxruntime().env.versions.common;

let loaded: typeof Ort | undefined;

/** Loads the native library on first use, with its telemetry off. */
function onnxruntime(): typeof Ort {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  loaded ??= loadWithUint16AsHalf();
  return loaded;
}

/**
 * onnxruntime-node takes float16 in Float16Array where there is one, but its native side knows only Uint16Array and
 * then reads no bytes. Its first tensor settles the choice, so that one is made while Float16Array is out of sight.
 */
function loadWithUint16AsHalf(): typeof Ort {
  const hidden = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array');
  Reflect.deleteProperty(globalThis, 'Float16Array');
  try {
    const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof Ort;
    new ort.Tensor('float32', [0], []);
    return ort;
  } finally {
    if (hidden) Object.defineProperty(globalThis, 'Float16Array', hidden);
  }
}
