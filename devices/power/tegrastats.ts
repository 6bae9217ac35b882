import { type BoardPower, boardPower } from './board-power.ts';
import type { PowerSample, PowerSource } from './power-source.ts';

/** One line of NVIDIA's tegrastats. What a board or release does not print is absent. */
export interface TegraSample {
  /** Bytes in use, of how many. */
  readonly memory: { readonly used: number; readonly total: number };
  /** Percent of each core; undefined for one that is off. */
  readonly cpu: readonly (number | undefined)[];
  /** Percent. Thor prints clocks only. */
  readonly gpu?: number;
  /** Degrees Celsius. Without sensors that are off, and without PMIC, which is always 100. */
  readonly celsius: Readonly<Record<string, number>>;
  /** Watts at the time of the sample. */
  readonly rails: Readonly<Record<string, number>>;
  /** Of the rails; absent without. */
  readonly power?: BoardPower;
}

const mebi = 2 ** 20;

/**
 * Reads a line as JetPack 4 to 7 print it: with or without date, `mW`, average and peak after the value. Undefined for a
 * line that is none. The average that tegrastats gives is since its own start, so it is not used.
 */
export function parseTegrastats(line: string): TegraSample | undefined {
  const [, used, total] = /\bRAM (\d+)\/(\d+)MB/.exec(line) ?? [];
  if (!used || !total) return undefined;
  const gpu = /\bGR3D_FREQ (\d+)%/.exec(line)?.[1];
  const rails = railsOf(line);
  const power = boardPower(rails);
  return {
    memory: { used: Number(used) * mebi, total: Number(total) * mebi },
    cpu: (/\bCPU \[([^\]]*)\]/.exec(line)?.[1] ?? '').split(',').flatMap((core) => {
      const percent = /^(\d+)%/.exec(core.trim())?.[1];
      return core.trim() === '' ? [] : [percent === undefined ? undefined : Number(percent)];
    }),
    ...(gpu !== undefined && { gpu: Number(gpu) }),
    celsius: Object.fromEntries(
      [...line.matchAll(/\b([A-Za-z]\w*)@(-?[\d.]+)C\b/g)]
        .map(([, name, degrees]): [string, number] => [name!, Number(degrees)])
        .filter(([name, degrees]) => name !== 'PMIC' && degrees > -100),
    ),
    rails,
    ...(power && { power }),
  };
}

/** Watts, of `NAME now/average[/peak]` in milliwatts; memory (`RAM`, `SWAP`, `IRAM`) has another unit, and `NC` is not connected. */
function railsOf(line: string): Record<string, number> {
  const found = line.matchAll(
    /(?<=^|\s)([A-Z][A-Z0-9_]*) (\d+)(?:mW)?\/\d+(?:mW)?(?:\/\d+(?:mW)?)?(?=\s|$)/g,
  );
  return Object.fromEntries(
    [...found]
      .map(([, name, now]): [string, number] => [name!, Number(now) / 1000])
      .filter(([name]) => name !== 'NC'),
  );
}

/** NVIDIA's own program, on Jetsons: rails, and with them the use of the GPU. Ends by itself only on a signal. */
export const tegrastats: PowerSource = {
  name: 'tegrastats',
  sample: 'command -v tegrastats >/dev/null 2>&1 && $T tegrastats --interval 100 2>/dev/null | head -n 1',
  stream: 'tegrastats --interval "$MS"',
  samples: 1,
  read: (samples) => samples.flatMap(readingOf),
  hindrance: (text) =>
    parseTegrastats(text) && 'tegrastats prints no power rails here: on some boards only to root',
};

function readingOf({ at, text }: PowerSample) {
  const { rails, power, gpu } = parseTegrastats(text) ?? {};
  return rails && power ? [{ at, ...power, rails, ...(gpu !== undefined && { gpu }) }] : [];
}
