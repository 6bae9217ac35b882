import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InferenceSession, onnxruntimeVersion } from '../../src/runtime/index.ts';
import { fromWire, toWire, type WireTensors } from './wire-tensor.ts';

export interface CheckRequest {
  /** The model's file on the device. */
  readonly path: string;
  /** What each run is fed with. */
  readonly batches: readonly WireTensors[];
}

export interface CheckAnswer {
  /** Of the bytes that were run. */
  readonly sha256: string;
  readonly outputs: readonly WireTensors[];
  /** Of each run. */
  readonly milliseconds: readonly number[];
  /** `onnxruntime 1.27.0`. */
  readonly runtime: string;
}

/** Runs the bytes of a file, not a session of earlier ones under the same path. Throws ModelError. */
export async function checkModel({ path, batches }: CheckRequest): Promise<CheckAnswer> {
  const bytes = readFileSync(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const session = await InferenceSession.create(bytes);
  const outputs: WireTensors[] = [];
  const milliseconds: number[] = [];
  for (const batch of batches) {
    const begin = performance.now();
    const results = await session.run(fromWire(batch));
    milliseconds.push(performance.now() - begin);
    outputs.push(toWire(results));
  }
  await session.release();
  return { sha256, outputs, milliseconds, runtime: `onnxruntime ${onnxruntimeVersion()}` };
}
