import { readModel } from '../src/onnx/index.ts';
import type { Profiler } from '../src/runtime/index.ts';
import type { AttachedDevice } from './attached-device.ts';
import type { InstallOptions } from './bootstrap/install.ts';
import { pullValue, pushValue } from './transfer.ts';

/** The variable of the device's session that holds what is profiled. */
const subject = '$edgebookProfile';

/** Times the nodes of models on a device, by its onnxruntime. Brings what it needs there. Its promises reject with DeviceError. */
export const profilerOn =
  (device: AttachedDevice, options: InstallOptions = {}): Profiler =>
  async (model, feeds) => {
    // As a model it travels by its hash, and only where the device has it not.
    await pushValue(device, { ...options, name: subject, value: { model: readModel(model), feeds } });
    const expression = `await edge.profile(${subject}.model, ${subject}.feeds)`;
    return (await pullValue(device, { ...options, expression })) as Awaited<ReturnType<Profiler>>;
  };
