import { UsageError } from '../errors.ts';
import type { Dataset } from './dataset.ts';
import { mnist } from './mnist.ts';

/** A data set that can be opened by name. */
export interface DatasetSource {
  readonly name: string;
  readonly summary: string;
  /** `cwd` is the notebook's folder, where packages are looked for first. */
  open(options: { readonly cwd?: string }): Promise<Dataset>;
}

export const datasets: readonly DatasetSource[] = [
  { name: 'mnist', summary: '70,000 handwritten digits, 28x28, grey', open: mnist },
];

/** Opens a data set of `datasets` by its name. Throws UsageError for a name that is not there. */
export async function openDataset(name: string, options: { readonly cwd?: string } = {}): Promise<Dataset> {
  const source = datasets.find((candidate) => candidate.name === name);
  if (!source) {
    const names = datasets.map((candidate) => candidate.name);
    throw UsageError.unknown('data set', name, names);
  }
  return source.open(options);
}
