import { bindingName } from './shadowing.ts';

/** Names that cells have declared at their top level. */
const declared = new Set<string>();

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Declared since the last call of `takeNewNames`. */
let fresh: string[] = [];

export function declareVariables(names: readonly string[]): void {
  fresh.push(...names.filter((name) => !declared.has(name)));
  for (const name of names) declared.add(name);
}

const knownGlobals = new Set(Object.keys(globalThis));

/** Variables that have come since the last call, those that code has put on the global object among them. */
export function takeNewNames(): string[] {
  const globals = Object.keys(globalThis).filter((name) => !knownGlobals.has(name) && identifier.test(name));
  for (const name of globals) knownGlobals.add(name);
  const names = [...fresh, ...globals];
  fresh = [];
  return names;
}

/** All names that cells have declared, whatever their value. */
export function declaredNames(): ReadonlySet<string> {
  return declared;
}

/** The user's variables. Top-level `let`s of REPL scripts are visible to an indirect eval, and to nothing else. */
export const variables = {
  /** The value, or undefined where there is none (yet). */
  get(name: string): unknown {
    if (!identifier.test(name)) return undefined;
    try {
      // biome-ignore lint/security/noGlobalEval: the only way to read a script's lexical binding; the name is checked
      return globalThis.eval(declared.has(name) ? bindingName(name) : name);
    } catch {
      return undefined;
    }
  },
  names(): string[] {
    return [...declared].filter((name) => variables.get(name) !== undefined);
  },
  /** A script's `let` cannot be removed: it gets the global's value of that name, or undefined. */
  forget(name: string): void {
    if (!declared.delete(name)) return;
    // biome-ignore lint/security/noGlobalEval: the only way to write a script's lexical binding; it was declared by a cell
    globalThis.eval(`${bindingName(name)} = globalThis[${JSON.stringify(name)}]`);
  },
};
