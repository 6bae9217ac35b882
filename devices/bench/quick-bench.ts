import { createHash } from 'node:crypto';
import type { BenchOptions, BenchReport } from '../../src/bench/index.ts';
import type { AttachedDevice } from '../attached-device.ts';
import type { InstallOptions } from '../bootstrap/install.ts';
import { onnxruntime } from '../runtimes/onnxruntime.ts';
import { benchOn } from './bench-on.ts';

/** How long a search may measure each of its models, in ms. */
const minTime = 500;

/**
 * Measures a model (ONNX bytes) on a device by onnxruntime for half a second, for searches that ask for many. Throws
 * DeviceError, ModelError, UsageError, and the signal's reason.
 */
export function quickBench(
  device: AttachedDevice,
  content: Uint8Array,
  { options, ...install }: InstallOptions & { readonly options?: BenchOptions } = {},
): Promise<BenchReport> {
  const { signal } = install;
  const id = createHash('sha256').update(content).digest('hex');
  return benchOn(device, {
    ...{ runtime: onnxruntime, model: { id, content: () => content }, install, rest: 0.5 },
    options: { minTime, ...options },
    watch: { ...(signal && { signal }) },
  });
}
