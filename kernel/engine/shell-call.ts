import type { Context } from '../../magics/magic.ts';
import type { ShellLines } from '../../magics/shell.ts';
import { callPlace, createContext, type MagicHost } from './magic-call.ts';
import { cooperative } from './termination-guard.ts';

type Shell = typeof import('../../magics/shell.ts');

/** The `$shell` that `!command` becomes: `!ls {folder}` calls `$shell(['ls ', ''], folder)`. */
export function createShellCall(host: MagicHost) {
  return (texts: readonly string[], ...values: unknown[]): Promise<void> =>
    withShell(host, ({ runShell, commandText }, context) =>
      runShell(commandText(texts, values, context.variables), context),
    );
}

/** The `$lines` that `x = !command` becomes. */
export function createLinesCall(host: MagicHost) {
  return (texts: readonly string[], ...values: unknown[]): Promise<ShellLines> =>
    withShell(host, ({ captureShell, commandText }, context) =>
      captureShell(commandText(texts, values, context.variables), context),
    );
}

async function withShell<T>(
  host: MagicHost,
  work: (shell: Shell, context: Context) => Promise<T>,
): Promise<T> {
  const place = callPlace();
  const shell = await import('../../magics/shell.ts');
  return cooperative(host.guard, async () => work(shell, await createContext(host, place)));
}
