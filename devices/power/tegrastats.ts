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
  /** Milliwatts at the time of the sample. */
  readonly rails: Readonly<Record<string, number>>;
  /** Milliwatts of the whole board: its input rail where it has one, else the sum of the rails; absent without rails. */
  readonly total?: number;
  readonly totalFrom?: string;
}

const inputs = ['VDD_IN', 'POM_5V_IN', 'VIN'];
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
  const board = boardPower(rails);
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
    ...board,
  };
}

/** `NAME now/average[/peak]`, milliwatts; memory (`RAM`, `SWAP`, `IRAM`) has another unit, and `NC` is not connected. */
function railsOf(line: string): Record<string, number> {
  const found = line.matchAll(
    /(?<=^|\s)([A-Z][A-Z0-9_]*) (\d+)(?:mW)?\/\d+(?:mW)?(?:\/\d+(?:mW)?)?(?=\s|$)/g,
  );
  return Object.fromEntries(
    [...found]
      .map(([, name, now]): [string, number] => [name!, Number(now)])
      .filter(([name]) => name !== 'NC'),
  );
}

function boardPower(rails: Readonly<Record<string, number>>): Pick<TegraSample, 'total' | 'totalFrom'> {
  const names = Object.keys(rails);
  const input = inputs.find((name) => name in rails);
  if (input) return { total: rails[input]!, totalFrom: input };
  if (names.length === 0) return {};
  const total = Object.values(rails).reduce((a, b) => a + b, 0);
  return { total, totalFrom: `sum of ${names.join(', ')}` };
}
