import { readFileSync } from 'node:fs';

/** The version in Edgebook's package.json, from the sources and from `dist` alike. */
export function version(): string {
  for (const up of ['../', '../../']) {
    try {
      const text = readFileSync(new URL(`${up}package.json`, import.meta.url), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error("Edgebook's package.json is missing: install the package again");
}
