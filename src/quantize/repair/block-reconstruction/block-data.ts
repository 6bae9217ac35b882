import { setImmediate as turn } from 'node:timers/promises';
import { type Model, product, Tensor } from '../../../ir/index.ts';
import { writeModel } from '../../../onnx/index.ts';
import { extract } from '../../../passes/index.ts';
import { type Feeds, InferenceSession } from '../../../runtime/index.ts';
import { emit } from '../../emit.ts';
import type { EncodedModel } from '../repair.ts';
import type { Block } from './blocks.ts';

/** What goes into a block and what must come out, float32 with the samples first. */
export interface BlockData {
  /** From the quantized blocks before, not yet rounded itself. */
  readonly x: Tensor;
  /** The same of the float model. */
  readonly exact: Tensor;
  /** Of the float model. */
  readonly target: Tensor;
  /** What the square of each error at the target counts, on average 1; undefined if all count the same. */
  readonly importance?: Tensor | undefined;
  readonly samples: number;
  /** Batches of the calibration set that these samples are of, the first ones. */
  readonly batches: number;
}

/** All three together take no more than this. */
const maxBytes = 192 * 2 ** 20;

/** Runs the float and the quantized model up to the block, on as many samples as memory allows. */
export async function collectBlock(
  { input, output }: Block,
  { float, encodings, plan }: EncodedModel,
  { feeds, signal }: { feeds: readonly Feeds[]; signal: AbortSignal | undefined },
): Promise<BlockData> {
  const reaching = (model: Model, names: string[]) => writeModel(extract(model, { outputs: names }));
  const fed = feeds[0]![input.name] !== undefined;
  const { model } = emit(float, encodings, { plan });
  const exactNames = fed ? [output.name] : [input.name, output.name];
  const exactly = await InferenceSession.create(reaching(float, exactNames));
  const rounded = fed
    ? undefined
    : await InferenceSession.create(reaching(model, [input.name]), { keepQdq: true, optimization: 'basic' });
  const stacks = { x: new Stack(), exact: new Stack(), target: new Stack() };
  let batches = 0;
  try {
    for (const batch of feeds) {
      signal?.throwIfAborted();
      const exact = { ...batch, ...(await exactly.run(batch)) };
      const before = rounded ? await rounded.run(batch) : batch;
      const parts = { x: before[input.name]!, exact: exact[input.name]!, target: exact[output.name]! };
      const bytes = Object.values(parts).reduce((sum, tensor) => sum + tensor.bytes.length, 0);
      const held = Object.values(stacks).reduce((sum, stack) => sum + stack.bytes, 0);
      if (held > 0 && held + bytes > maxBytes) break;
      for (const [name, stack] of Object.entries(stacks)) stack.add(parts[name as keyof typeof parts]);
      batches++;
      await turn();
    }
  } finally {
    await exactly.release();
    await rounded?.release();
  }
  const [x, exact, target] = [stacks.x.finish(), stacks.exact.finish(), stacks.target.finish()];
  return { x, exact, target, samples: x.shape[0] ?? 1, batches };
}

/** Tensors joined along their first axis. */
class Stack {
  readonly #parts: Tensor[] = [];
  bytes = 0;

  add(tensor: Tensor): void {
    this.#parts.push(tensor);
    this.bytes += tensor.bytes.length;
  }

  finish(): Tensor {
    const rest = this.#parts[0]!.shape.slice(1);
    const samples = this.#parts.reduce((sum, { shape }) => sum + (shape[0] ?? 1), 0);
    const all = new Float32Array(samples * product(rest));
    let offset = 0;
    for (const { data } of this.#parts) {
      all.set(data as Float32Array, offset);
      offset += data.length;
    }
    return Tensor.of('float32', all, [samples, ...rest]);
  }
}

/** Some samples, from `from` on. */
export function blockSamples(tensor: Tensor, from: number, count: number): Tensor {
  const rest = tensor.shape.slice(1);
  const size = product(rest);
  const data = (tensor.data as Float32Array).subarray(from * size, (from + count) * size);
  return Tensor.of('float32', data, [count, ...rest]);
}
