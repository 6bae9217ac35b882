import type { BenchOptions } from '../../src/bench/index.ts';
import { UsageError } from '../../src/errors.ts';
import type { AttachedDevice } from '../attached-device.ts';
import type { InstallOptions } from '../bootstrap/install.ts';
import { probe } from '../probe/index.ts';
import type { Runtime, RuntimeJob } from '../runtimes/index.ts';
import { sendModels } from '../transfer.ts';
import type { BenchWatch } from './run-bench.ts';

/** The part of an attached device that is needed. */
export type Measured = Pick<AttachedDevice, 'name' | 'url' | 'opened'>;

/** What is to run on a device, and by what. */
export interface RuntimeWish {
  readonly runtime: Runtime;
  /** sha256 of the ONNX bytes, and how to get them. */
  readonly model: { readonly id: string; content(): Uint8Array };
  readonly options: BenchOptions;
  readonly watch: BenchWatch;
  readonly install?: InstallOptions;
  /** A folder there that holds the /sys and /proc to read, instead of the device's own. */
  readonly root?: string;
}

/** How a wish has the device looked into. */
export const lookingOf = ({ watch: { signal }, root }: RuntimeWish) => ({
  ...(signal && { signal }),
  ...(root !== undefined && { root }),
});

/** Has all on the device that its runtime needs to run a model. Throws DeviceError, UsageError, and the signal's reason. */
export async function runtimeJob(device: Measured, wish: RuntimeWish): Promise<RuntimeJob> {
  const { runtime, model, options, watch } = wish;
  const { transport } = device.opened;
  const { facts } = await probe(transport, lookingOf(wish));
  const missing = runtime.missing(facts);
  if (missing) throw new UsageError(`${device.name} has no ${runtime.name}: ${missing}`);
  const command = await device.opened.agent(wish.install ?? {});
  await sendModels(transport, new Map([[model.id, model.content]]), watch.signal);
  return { transport, facts, command, model: model.id, content: model.content, options, watch };
}
