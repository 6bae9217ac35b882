import type { PowerReading, PowerSample, PowerSource } from './power-source.ts';
import { shownFiles, shownNumber } from './shown-files.ts';

const all = '"$R"/sys/class/hwmon/hwmon*';
/** Chips that another source reads, or that tell of a charger and not of what the board takes. */
const others = /^(ina3221|ucsi_source_psy|BAT|ADP|AC$)/;

/**
 * Any other monitor chip that the kernel knows (Documentation/hwmon/sysfs-interface): `powerK_input` or `powerK_average` in
 * microwatts, else `inK_input` (mV) × `currK_input` (mA). What the chips measure is told by their names alone.
 */
export const hwmon: PowerSource = {
  name: 'hwmon',
  sample: `show ${all}/name ${all}/power*_label ${all}/power*_input ${all}/power*_average ${all}/curr*_label ${all}/curr*_input ${all}/in*_input`,
  samples: 1,
  read: (samples) => samples.flatMap(readingOf),
};

function readingOf({ at, text }: PowerSample): PowerReading[] {
  const files = shownFiles(text);
  const chips = [...files].filter(([path, name]) => path.endsWith('/name') && !others.test(name));
  const rails = Object.fromEntries(
    chips.flatMap(([path, name]) => railsOf(files, path.slice(0, -'name'.length), name)),
  );
  const watts = Object.values(rails).reduce((sum, rail) => sum + rail, 0);
  const from = Object.keys(rails).join(' + ');
  return watts > 0 ? [{ at, watts, covers: 'rails', from, rails }] : [];
}

/** A chip that tells power is not computed a second time. */
function railsOf(files: ReadonlyMap<string, string>, folder: string, chip: string): [string, number][] {
  const numbers = (pattern: RegExp): string[] => [
    ...new Set([...files.keys()].flatMap((path) => pattern.exec(path.slice(folder.length))?.[1] ?? [])),
  ];
  const own = [...files.keys()].filter((path) => path.startsWith(folder));
  if (own.length === 0) return [];
  const label = (kind: string, k: string): string => {
    const told = files.get(`${folder}${kind}${k}_label`);
    return told ? `${chip} ${told}` : k === '1' ? chip : `${chip} ${k}`;
  };
  const powers = numbers(/^power(\d+)_(?:input|average)$/).flatMap((k): [string, number][] => {
    const microwatts =
      shownNumber(files, `${folder}power${k}_input`) ?? shownNumber(files, `${folder}power${k}_average`);
    return microwatts === undefined ? [] : [[label('power', k), microwatts / 1e6]];
  });
  if (powers.length > 0) return powers;
  return numbers(/^curr(\d+)_input$/).flatMap((k): [string, number][] => {
    const milliamperes = shownNumber(files, `${folder}curr${k}_input`);
    const millivolts = shownNumber(files, `${folder}in${k}_input`);
    if (milliamperes === undefined || millivolts === undefined) return [];
    return [[label('curr', k), (milliamperes * millivolts) / 1e6]];
  });
}
