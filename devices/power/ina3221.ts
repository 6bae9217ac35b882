import { boardPower } from './board-power.ts';
import type { PowerSample, PowerSource } from './power-source.ts';
import { shownFiles, shownNumber } from './shown-files.ts';

const hwmon = '"$R"/sys/bus/i2c/drivers/ina3221/*/hwmon/hwmon*';
const iio = '"$R"/sys/bus/i2c/drivers/ina3221x/*/iio:device*';

/**
 * The power monitor chip of Jetsons, as the kernel shows it: voltage and current of up to three rails a chip (JetPack 5
 * and later, Documentation/hwmon/ina3221), or power (JetPack 4). `in1_input` is a voltage, no power.
 */
export const ina3221: PowerSource = {
  name: 'INA3221',
  sample: `show ${hwmon}/in[123]_label ${hwmon}/in[123]_input ${hwmon}/curr[123]_input ${iio}/rail_name_* ${iio}/in_power*_input`,
  samples: 1,
  read: (samples) => samples.flatMap(readingOf),
};

function readingOf({ at, text }: PowerSample) {
  const files = shownFiles(text);
  const rails = Object.fromEntries([...files].flatMap(([path, name]) => railOf(files, path, name)));
  const power = boardPower(rails);
  return power ? [{ at, ...power, rails }] : [];
}

/** Name and watts of the rail whose label a file is; `NC` is not connected. */
function railOf(files: ReadonlyMap<string, string>, path: string, name: string): [string, number][] {
  const [, folder, voltage, index] = /^(.*\/)(?:in(\d)_label|rail_name_(\d))$/.exec(path) ?? [];
  if (folder === undefined || name === 'NC') return [];
  const milliwatts =
    index !== undefined
      ? shownNumber(files, `${folder}in_power${index}_input`)
      : product(
          shownNumber(files, `${folder}in${voltage}_input`),
          shownNumber(files, `${folder}curr${voltage}_input`),
        );
  return milliwatts === undefined ? [] : [[name, milliwatts / 1000]];
}

/** Of millivolts and milliamperes, in milliwatts. */
const product = (millivolts: number | undefined, milliamperes: number | undefined): number | undefined =>
  millivolts === undefined || milliamperes === undefined ? undefined : (millivolts * milliamperes) / 1000;
