import { createImporter } from './importer.ts';
import type { Internals } from './internals.ts';
import { PerCell } from './per-cell.ts';

type Importer = Pick<Internals, 'import' | 'meta'>;

const ofFile = new PerCell<Importer>();

/** How the code of a file is to import while it runs on behalf of a cell; undefined for a cell's own code. */
export function fileImporter(): Importer | undefined {
  return ofFile.value;
}

/** Imports at the top level of a file start in its own folder, not in the notebook's. */
export async function importingFrom<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = ofFile.value;
  ofFile.value = createImporter(folder);
  try {
    return await work();
  } finally {
    ofFile.value = before;
  }
}
