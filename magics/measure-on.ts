import type { AttachedDevice } from '../devices/attached-device.ts';
import { attachmentsOf } from '../devices/attachments.ts';
import { quickBench } from '../devices/bench/quick-bench.ts';
import { local } from '../devices/local.ts';
import { profiles } from '../devices/profiles/index.ts';
import { UsageError } from '../src/errors.ts';
import { type MeasureDevice, measureLocal } from '../src/search/index.ts';
import { deviceOptions } from './device-options.ts';
import type { Context } from './magic.ts';

/**
 * How to measure a model on a device by its name. Throws UsageError for one that is not attached: an estimate from a data
 * sheet must not pass for a measurement.
 */
export function measureOn(name: string, context: Context): MeasureDevice {
  if (name === local) return measureLocal;
  const device = measurable(name, context);
  return async (content) => {
    const report = await quickBench(device, content, deviceOptions(context));
    const { latency, peakMemory } = report;
    return {
      ...{ latency: latency.p50, measurement: report.toMeasurement() },
      ...(peakMemory !== undefined && { memory: peakMemory }),
      ...(device.opened.emulator !== undefined && { kind: 'emulated' as const }),
    };
  };
}

/** What a device is known by in keys of what is kept: another one may be attached under its name. Throws UsageError for none. */
export const deviceKey = (name: string, { folder }: Context): string =>
  name === local ? local : `${name} ${attachmentsOf(folder).get(name).url}`;

/** The attached device of a name. Throws UsageError with those that there are. */
export function measurable(name: string, { folder }: Context): AttachedDevice {
  const attached = attachmentsOf(folder).list();
  const found = attached.find((device) => device.name === name);
  if (found) return found;
  const isProfile = profiles.some((profile) => profile.name === name);
  const reason = isProfile
    ? 'it is a profile from a data sheet, which %estimate and %choose take'
    : 'no device of this name is attached';
  const names = [...attached.map((device) => device.name), local].join(', ');
  throw new UsageError(
    `'${name}' cannot be measured: ${reason}. Attached are: ${names} (this machine); others by %attach ${name} URL`,
  );
}
