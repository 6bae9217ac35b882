import { parseArgs } from 'node:util';

/** `--seeds n`, networks by name, and switches. Ends the process, saying what it may be, for anything else. */
export function pruneArguments(
  networks: readonly string[],
  { seeds: most, flags = [] }: { readonly seeds: number; readonly flags?: readonly string[] },
): { readonly names: readonly string[]; readonly seeds: number; readonly flags: ReadonlySet<string> } {
  const switches = flags.map((name) => [name, { type: 'boolean' as const, default: false }]);
  const { values, positionals }: { values: Record<string, unknown>; positionals: string[] } = parseArgs({
    options: { seeds: { type: 'string', default: String(most) }, ...Object.fromEntries(switches) },
    allowPositionals: true,
  });
  const seeds = Number(values.seeds);
  const names = positionals.length > 0 ? positionals : networks;
  if (
    names.some((name) => !networks.includes(name)) ||
    !(Number.isInteger(seeds) && seeds >= 2 && seeds <= 10)
  ) {
    console.error(`Networks: ${networks.join(', ')}; --seeds 2 to 10`);
    process.exit(1);
  }
  return { names, seeds, flags: new Set(flags.filter((name) => values[name] === true)) };
}
