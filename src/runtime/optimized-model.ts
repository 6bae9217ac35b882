import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, type SessionOptions } from './session.ts';

/**
 * The ONNX bytes of the graph that onnxruntime makes of a model at one of its own levels. From `extended` on it uses
 * operators of its own domains, at `all` also data layouts of this machine's processor: such a file is for this runtime.
 * Throws ModelError with onnxruntime's words if it refuses the model.
 */
export async function optimizedByOnnxruntime(
  model: Uint8Array,
  level: Exclude<SessionOptions['optimization'], undefined>,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-optimized-'));
  const path = join(folder, 'model.onnx');
  try {
    const session = await InferenceSession.create(model, { optimization: level, optimizedModelPath: path });
    await session.release();
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
