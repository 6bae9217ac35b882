import { local } from '../devices/local.ts';
import { profiles } from '../devices/profiles/index.ts';
import { UsageError } from '../src/errors.ts';
import { type MeasureDevice, measureLocal } from '../src/search/index.ts';

/**
 * How to measure a model on a device by its name. Throws UsageError for one that is not attached: an estimate from a data
 * sheet must not pass for a measurement.
 */
export function measureOn(name: string): MeasureDevice {
  if (name === local) return measureLocal;
  const isProfile = profiles.some((profile) => profile.name === name);
  throw new UsageError(
    `'${name}' cannot be measured: ${isProfile ? 'it is a profile from a data sheet, which %estimate and %choose take' : 'no device of this name is attached'}. A budget is kept by what was measured; there is ${local}, this machine: write @${local}, or leave @${name} out`,
  );
}
