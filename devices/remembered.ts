import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../src/errors.ts';

/** An attached device as its folder remembers it: no secrets. */
export interface Remembered {
  readonly name: string;
  readonly url: string;
}

/** Where a notebook's folder keeps them. */
export const attachmentsPath = (folder: string): string => join(folder, '.edgebook', 'devices.json');

/** The devices of a folder, in the order in which they were attached. Throws UsageError if the file is no list of devices. */
export function remembered(folder: string): readonly Remembered[] {
  const path = attachmentsPath(folder);
  if (!existsSync(path)) return [];
  try {
    const { devices } = JSON.parse(readFileSync(path, 'utf8')) as { devices: Remembered[] };
    return devices.map(({ name, url }) => ({ name: String(name), url: String(url) }));
  } catch (cause) {
    throw new UsageError(
      `${path} is no list of devices: ${(cause as Error).message}. Delete it, and attach anew`,
    );
  }
}
