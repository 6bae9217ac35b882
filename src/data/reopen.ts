import { UsageError } from '../errors.ts';
import type { Dataset } from './dataset.ts';
import { openDataset } from './open-dataset.ts';

/**
 * Opens the data set that a name stands for, and takes the parts of it that the name tells: `mnist[:2000]`,
 * `photos[test=0.2,seed=0][validation=500,seed=1]`. Throws UsageError for a part that cannot be taken again by its name.
 */
export async function reopenDataset(name: string, options: { readonly cwd?: string } = {}): Promise<Dataset> {
  const [, source = name, parts = ''] = /^(.*?)((?:\[[^[\]]*\])*)$/.exec(name) ?? [];
  const dataset = await openDataset(source, options);
  return [...parts.matchAll(/\[([^[\]]*)\]/g)].reduce((data, [, part]) => takePart(data, part!), dataset);
}

function takePart(data: Dataset, part: string): Dataset {
  const [, count] = /^:(\d+)$/.exec(part) ?? [];
  if (count !== undefined) return data.take(Number(count));
  const entries = part.split(',').map((word) => word.split('='));
  const isSplit = entries.every(
    ([key, value]) => key && value !== undefined && Number.isFinite(Number(value)),
  );
  const { seed, ...fractions } = Object.fromEntries(entries.map(([key, value]) => [key, Number(value)]));
  const names = Object.keys(fractions);
  if (!isSplit || seed === undefined || names.length === 0)
    throw new UsageError(
      `The part '[${part}]' of ${data.name} cannot be taken by its name: open the data set, and give it instead`,
    );
  const [only] = names;
  // `withValidation` counts samples, `holdOut` takes shares.
  if (names.length === 1 && only === 'validation' && fractions.validation! >= 1)
    return data.withValidation(fractions.validation!, seed);
  return data.holdOut(fractions, { seed });
}
