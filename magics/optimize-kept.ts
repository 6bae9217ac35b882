import { ModelError, UsageError } from '../src/errors.ts';
import type { Json, Ledger, Variant } from '../src/ledger/index.ts';
import { cachedNote, keepReport, restoreReport } from '../src/recipe/index.ts';
import type { Report } from '../src/report.ts';
import type { SearchPlace } from './optimize-variants.ts';

/** One step of the result's lineage, as it was. */
interface KeptLink {
  readonly name: string;
  readonly id: string;
  readonly step: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly hasData: boolean;
  readonly dataHash?: string;
  readonly roles: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly tested?: string;
}

interface Told {
  readonly links: readonly KeptLink[];
  readonly report: Json;
}

/** Keeps the result of a search with all steps that led to it, by the key of all that decides it. */
export async function keepOptimized(
  key: string,
  { variant, source, report }: { variant: Variant; source: Variant; report: Report },
  ledger: Ledger,
): Promise<void> {
  const lineage = variant.lineage();
  const start = lineage.findLastIndex(({ id, name }) => id === source.id && name === source.name);
  const links = lineage.slice(start + 1).map(
    ({ name, id, step, options, data, dataHash, models, metrics, tested }): KeptLink => ({
      ...{ name, id, step, options, hasData: data !== undefined, roles: Object.keys(models), metrics },
      ...(dataHash !== undefined && { dataHash }),
      ...(tested !== undefined && { tested }),
    }),
  );
  const told = { links, report: keepReport(report) } as unknown as Json;
  await ledger.remember(key, variant.content(), told);
}

/** The result of an earlier search with the same key, and its steps, under the names of now; undefined if a file of it is gone. */
export async function recallOptimized(
  key: string,
  { name, source, data }: SearchPlace,
  ledger: Ledger,
): Promise<{ variant: Variant; created: string } | undefined> {
  const found = ledger.recall(key);
  if (!found) return undefined;
  const { links, report } = found.told as unknown as Told;
  const contents = links.map(({ id }) => contentOf(id, ledger));
  let parent = source;
  for (const [i, link] of links.entries()) {
    const content = contents[i];
    if (!content) return undefined;
    const { id, hasData, dataHash, roles, ...record } = link;
    parent = await ledger.add({
      ...{ ...record, name: i === links.length - 1 ? name : link.name, model: content, parent },
      ...(hasData && { data: data.name }),
      ...(dataHash !== undefined && { dataHash }),
      ...(roles.length > 0 && { models: Object.fromEntries(roles.map((role) => [role, source])) }),
    });
  }
  parent.report = restoreReport(report, cachedNote(found.created));
  return { variant: parent, created: found.created };
}

function contentOf(id: string, ledger: Ledger): Uint8Array | undefined {
  try {
    return ledger.get(id).content();
  } catch (error) {
    if (error instanceof ModelError || error instanceof UsageError) return undefined;
    throw error;
  }
}
