import type { PowerReading, PowerSample, PowerSource } from './power-source.ts';
import { shownFiles, shownNumber } from './shown-files.ts';

const zones = '"$R"/sys/class/powercap/intel-rapl:*';

/**
 * Energy counters of Intel and AMD processors (kernel Documentation/power/powercap/powercap.rst): microjoules that begin
 * again at `max_energy_range_uj`. Packages are summed with the memory beside them; cores and graphics are parts of a package.
 */
export const rapl: PowerSource = {
  name: 'RAPL',
  sample: `show ${zones}/name ${zones}/max_energy_range_uj ${zones}/energy_uj
for f in ${zones}/energy_uj; do if [ -e "$f" ] && [ ! -r "$f" ]; then echo "denied \${f#"$R"}"; fi; done`,
  samples: 2,
  read: (samples) => samples.slice(1).flatMap((sample, i) => readingOf(samples[i]!, sample)),
  hindrance: (text) => {
    const denied = /^denied (\S+)/m.exec(text)?.[1];
    return denied && `RAPL is there, but ${denied} is for root only: sudo chmod a+r ${denied}`;
  },
};

interface Domain {
  readonly path: string;
  readonly name: string;
}

function readingOf(before: PowerSample, after: PowerSample): PowerReading[] {
  const [old, files] = [shownFiles(before.text), shownFiles(after.text)];
  const domains = [...files].flatMap(([path, name]): Domain[] =>
    path.endsWith('/name') ? [{ path: path.slice(0, -5), name }] : [],
  );
  const seconds = after.at - before.at;
  if (seconds <= 0) return [];
  const all = domains.flatMap(({ path, name }) => {
    const joules = risen(shownNumber(old, `${path}/energy_uj`), {
      to: shownNumber(files, `${path}/energy_uj`),
      range: shownNumber(files, `${path}/max_energy_range_uj`),
    });
    const place = /:(\d+)(?::\d+)?$/.exec(path)?.[1];
    return joules === undefined ? [] : [{ label: labelOf(name, place), name, watts: joules / seconds }];
  });
  const summed = all.filter(({ name }) => name.startsWith('package') || name === 'dram');
  const watts = summed.reduce((sum, domain) => sum + domain.watts, 0);
  const rails = Object.fromEntries(all.map(({ label, watts }) => [label, watts]));
  const from = summed.map(({ label }) => label).join(' + ');
  return watts > 0 ? [{ at: after.at, watts, covers: 'package', from, rails }] : [];
}

/** Joules between two readings of a counter that may have begun again once. */
function risen(
  from: number | undefined,
  { to, range }: { readonly to: number | undefined; readonly range: number | undefined },
): number | undefined {
  if (from === undefined || to === undefined) return undefined;
  if (to >= from) return (to - from) / 1e6;
  return range === undefined ? undefined : (to + range - from) / 1e6;
}

/** A domain of a package that is not the first has its number. */
const labelOf = (name: string, place: string | undefined): string =>
  name.startsWith('package') || place === undefined || place === '0' ? name : `${name}-${place}`;
