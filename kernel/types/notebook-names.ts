import { join } from 'node:path';
import { local } from '../../devices/local.ts';
import { remembered } from '../../devices/remembered.ts';
import type { Completes } from '../../magics/magic.ts';
import { datasets } from '../../src/data/index.ts';
import { Journal } from '../../src/ledger/journal.ts';
import type { KnownName } from './cell-project.ts';
import { installedPackages } from './installed-packages.ts';

const modelTypes = /^(?:Variant|Model)$/;
const datasetTypes = /^Dataset\b/;

/** Names that the arguments of magics may be: variables by their type, variants of the ledger, data sets, ... */
export class NotebookNames {
  readonly #variables: () => ReadonlyMap<string, KnownName>;
  readonly #journal: Journal;
  readonly #cwd: string;
  readonly #variants = new Set<string>();

  constructor(cwd: string, variables: () => ReadonlyMap<string, KnownName>) {
    this.#variables = variables;
    this.#cwd = cwd;
    this.#journal = new Journal(join(cwd, '.edgebook', 'ledger.jsonl'));
  }

  /** The names of one kind, those of variables first. */
  of(kind: Exclude<Completes, 'file' | 'folder' | 'magic'>): string[] {
    if (kind === 'variable') return this.#typed(/^/);
    if (kind === 'environment') return Object.keys(process.env).sort();
    if (kind === 'device') return this.#devices();
    if (kind === 'package') return installedPackages(this.#cwd);
    if (kind === 'dataset') return [...this.#typed(datasetTypes), ...datasets.map(({ name }) => name)];
    for (const entry of this.#journal.read())
      if (entry.kind === 'variant') this.#variants.add(entry.variant.name);
    return [...this.#typed(modelTypes), ...[...this.#variants].toReversed()];
  }

  /** Attached devices, and this machine. A file that cannot be read has none; the magic says why. */
  #devices(): string[] {
    try {
      return [...new Set([...remembered(this.#cwd).map(({ name }) => name), local])];
    } catch {
      return [local];
    }
  }

  #typed(pattern: RegExp): string[] {
    const values = [...this.#variables().values()].filter(({ kind }) => kind === 'let' || kind === 'const');
    return values.filter(({ type }) => pattern.test(type)).map(({ name }) => name);
  }
}
