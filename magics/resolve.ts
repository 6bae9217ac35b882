import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { Dataset, openDataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import { Model } from '../src/ir/index.ts';
import { type Ledger, Variant } from '../src/ledger/index.ts';
import type { Context } from './magic.ts';

/**
 * The variant that a magic's argument names: a variable with a variant or a model of yours (which joins the ledger under
 * that name), or a variant of the ledger. Throws UsageError with the known names, and `others` that would do.
 */
export async function variantOf(
  name: string,
  context: Context,
  others: readonly string[] = [],
): Promise<Variant> {
  const value = context.variables.get(name);
  if (value instanceof Variant) return value;
  const ledger = await context.ledger();
  if (value instanceof Model) return ledger.add({ name, model: value, step: 'define' });
  if (value !== undefined) {
    throw new UsageError(
      `'${name}' must be a model, is ${describe(value)}. Use a variant or a Model from 'edgebook'`,
    );
  }
  const known = findVariant(ledger, name);
  if (known) return known;
  const names = [
    ...context.variables.names().filter((n) => isModel(context.variables.get(n))),
    ...ledger.variants().map((variant) => variant.name),
    ...others,
  ];
  throw UsageError.unknown('model', name, new Set(names));
}

/** The ledger's variant of a name; undefined if there is none. */
export const findVariant = (ledger: Ledger, name: string): Variant | undefined =>
  ledger.variants().find((variant) => variant.name === name);

const isModel = (value: unknown): boolean => value instanceof Variant || value instanceof Model;

/** The data set that an argument names: a variable, the name of a variable's data set, or one that can be opened by name. */
export async function datasetOf(name: string, context: Context): Promise<Dataset> {
  const value = context.variables.get(name);
  if (value instanceof Dataset) return value;
  const values = context.variables.names().map((variable) => context.variables.get(variable));
  const named = values.find((candidate) => candidate instanceof Dataset && candidate.name === name);
  if (named instanceof Dataset) return named;
  return openDataset(name, { cwd: context.cwd });
}

const describe = (value: unknown): string =>
  value === null
    ? 'null'
    : typeof value === 'object'
      ? (value.constructor?.name ?? 'an object')
      : typeof value;

/** The absolute path of a file argument: relative to the notebook's folder, `~` is the user's home. */
export const filePath = (file: string, { cwd }: Pick<Context, 'cwd'>): string =>
  resolve(
    cwd,
    file.replace(/^~(?=[/\\]|$)/, () => homedir()),
  );

/** What a strict module cannot name a variable, from ECMAScript's 12.7.2 and 13.1.1. */
const reserved = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
);

/** A valid variable name made from a file or variant name. */
export function identifier(name: string): string {
  const cleaned = name.replaceAll(/[^\p{ID_Continue}$]+/gu, '_').replace(/^(?=\d)/, '_');
  return reserved.has(cleaned) ? `${cleaned}_` : cleaned || '_';
}
