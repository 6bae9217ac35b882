/** Experimental parts of Node that the kernel itself uses: no news for the user of a notebook. */
const ours = /stripTypeScriptTypes|USE_MAIN_CONTEXT_DEFAULT_LOADER/;

/** Drops Node's warnings about what the kernel uses; all others stay. */
export function silenceOwnWarnings(): void {
  const emitWarning = process.emitWarning;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!ours.test(String(warning))) Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
}
