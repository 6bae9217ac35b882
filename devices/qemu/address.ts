import { UsageError } from '../../src/errors.ts';

/** What an emulated board has. */
export interface BoardSize {
  /** Megabytes (2^20). */
  readonly memory: number;
  /** Megabytes (2^20); what nothing was written to takes no room here. */
  readonly disk: number;
  readonly cpus: number;
}

type Range = readonly [least: number, usual: number, most: number];

const ranges: Readonly<Record<keyof BoardSize, Range>> = {
  memory: [256, 1024, 16_384],
  disk: [512, 2048, 65_536],
  cpus: [1, 2, 8],
};

const example = 'qemu:arm64 or qemu:arm64?memory=2048&disk=4096&cpus=2, in MB';

/** Reads `qemu:arm64[?memory=MB&disk=MB&cpus=N]`. Throws UsageError. */
export function boardSize(url: string): BoardSize {
  const [, machine, query = ''] = /^qemu:([^?]*)(?:\?(.*))?$/i.exec(url) ?? [];
  if (machine !== 'arm64') throw new UsageError(`An emulated board is ${example}, was '${url}'`);
  const wanted = new URLSearchParams(query);
  for (const name of wanted.keys())
    if (!Object.hasOwn(ranges, name))
      throw UsageError.unknown(`option of ${machine}`, name, Object.keys(ranges));
  const number = (name: keyof BoardSize): number => {
    const [least, usual, most] = ranges[name];
    const text = wanted.get(name) ?? String(usual);
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new UsageError(
      `'${name}' of an emulated board must be a whole number from ${least} to ${most}, was '${text}'`,
    );
  };
  return { memory: number('memory'), disk: number('disk'), cpus: number('cpus') };
}
