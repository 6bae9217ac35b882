/** Names that cells have declared at their top level. */
const declared = new Set<string>();

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

export function declareVariables(names: readonly string[]): void {
  for (const name of names) declared.add(name);
}

/** The user's variables. Top-level `let`s of REPL scripts are visible to an indirect eval, and to nothing else. */
export const variables = {
  /** The value, or undefined where there is none (yet). */
  get(name: string): unknown {
    if (!identifier.test(name)) return undefined;
    try {
      // biome-ignore lint/security/noGlobalEval: the only way to read a script's lexical binding; the name is checked
      return globalThis.eval(name);
    } catch {
      return undefined;
    }
  },
  names(): string[] {
    return [...declared].filter((name) => variables.get(name) !== undefined);
  },
};
