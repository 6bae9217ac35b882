import { DeviceError } from '../../src/errors.ts';
import type { Transport } from '../device.ts';
import type { PowerReading } from './power-source.ts';
import { readingScript, sectionsOf } from './script.ts';
import { powerSources } from './sources.ts';

export interface ReadPowerOptions {
  readonly signal?: AbortSignal;
  /** A folder there that holds the /sys and /proc to read, instead of the device's own. */
  readonly root?: string;
}

/** What a device tells of its power. */
export interface DevicePower {
  /** Name of the source that is used; undefined if the device has none. */
  readonly source: string | undefined;
  readonly reading: PowerReading | undefined;
  /** What was looked for, and what hinders sources that are there, where no figure was had. */
  readonly none: string | undefined;
}

/**
 * Looks for a power source on a Linux device and reads it, in one round trip; a counter takes half a second. Throws DeviceError
 * if the device has no POSIX shell or does not answer in 30 s.
 */
export async function readPower(
  device: Pick<Transport, 'name' | 'exec'>,
  { signal, root = '' }: ReadPowerOptions = {},
): Promise<DevicePower> {
  const argv = ['sh', '-c', readingScript(powerSources), 'edgebook-power', root];
  const { code, stdout } = await device.exec(argv, { timeoutMs: 30_000, ...(signal && { signal }) });
  const { sections, rest } = sectionsOf(new TextDecoder().decode(stdout));
  if (!rest.trimEnd().endsWith(' end'))
    throw new DeviceError(
      `${device.name} must be a Linux device with a POSIX shell for its power to be read; its 'sh' ended with exit code ${code} before the end`,
      { device: device.name, command: 'sh' },
    );
  const hindrances: string[] = [];
  for (const source of powerSources) {
    const own = sections.filter(({ name }) => name === source.name);
    const reading = source.read(own).at(-1);
    if (reading) return { source: source.name, reading, none: undefined };
    const hindrance = own.map(({ text }) => source.hindrance?.(text)).find(Boolean);
    if (hindrance) hindrances.push(hindrance);
  }
  const looked = `none that can be read (looked for ${powerSources.map(({ name }) => name).join(', ')})`;
  return { source: undefined, reading: undefined, none: [looked, ...hindrances].join('. ') };
}
