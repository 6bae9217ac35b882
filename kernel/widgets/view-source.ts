import { readFileSync } from 'node:fs';
import module from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The JavaScript of a view in this folder, for the page: as it was built, or its source without types. */
export function viewSource(name: string): string {
  const extension = extname(import.meta.url);
  const text = readFileSync(fileURLToPath(new URL(`./${name}${extension}`, import.meta.url)), 'utf8');
  return extension === '.ts' ? module.stripTypeScriptTypes(text) : text;
}
