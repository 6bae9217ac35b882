import { UsageError } from '../../src/errors.ts';
import { onnxruntime } from './onnxruntime.ts';
import type { Runtime } from './runtime.ts';
import { tensorrt } from './tensorrt.ts';

export type { LayersJob, Runtime, RuntimeJob } from './runtime.ts';

/** Every runtime; the first is the default. */
export const runtimes: readonly Runtime[] = [onnxruntime, tensorrt];

/** The runtime of a name. Throws UsageError. */
export function runtimeOf(name: string): Runtime {
  const found = runtimes.find((runtime) => runtime.name === name);
  if (found) return found;
  throw UsageError.unknown(
    'runtime',
    name,
    runtimes.map((runtime) => runtime.name),
  );
}
