import type { NodeTime } from '../../src/runtime/index.ts';
import type { AttachedDevice } from '../attached-device.ts';
import { profilerOn } from '../profile-on.ts';
import { type RuntimeWish, runtimeJob } from './runtime-job.ts';

/**
 * Times the layers of a model on a device, as its runtime fuses them, in the order they run. Throws DeviceError, ModelError,
 * UsageError, and the signal's reason.
 */
export async function layersOn(device: AttachedDevice, wish: RuntimeWish): Promise<readonly NodeTime[]> {
  const job = await runtimeJob(device, wish);
  return wish.runtime.layers({ ...job, profile: profilerOn(device, wish.install) });
}
