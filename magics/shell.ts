import { type Displayable, displaySymbol, type MimeBundle } from '../src/report.ts';
import type { Context } from './magic.ts';
import { runCommand } from './run-command.ts';

/** What `const lines = !ls` gives: the lines that the command wrote to stdout. */
export class ShellLines extends Array<string> implements Displayable {
  /** 0 where all went well. */
  exitCode = 0;

  /** `map` and `filter` give plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** The lines as one text. */
  get text(): string {
    return this.join('\n');
  }

  [displaySymbol](): MimeBundle {
    return { 'text/plain': this.text };
  }
}

/**
 * `!command`: runs it in the system's shell and shows what it writes, stderr and stdout in the order in which they were
 * written, as in a terminal. An exit code that is not 0 is said on stderr.
 */
export async function runShell(command: string, context: Context): Promise<void> {
  const print = (text: string) => context.print(text);
  // One pipe for both: two would lose the order.
  const joined = process.platform === 'win32' ? `${command} 2>&1` : `exec 2>&1\n${command}`;
  const { cwd, signal } = context;
  const code = await runCommand(joined, [], { cwd, signal, shell: true, onStdout: print, onStderr: print });
  sayExitCode(code, context);
}

/** `const lines = !command`: gives what it writes to stdout; stderr is shown. */
export async function captureShell(command: string, context: Context): Promise<ShellLines> {
  const parts: string[] = [];
  const { cwd, signal } = context;
  const exitCode = await runCommand(command, [], {
    cwd,
    signal,
    shell: true,
    onStdout: (text) => parts.push(text),
    onStderr: (text) => context.print(text, 'stderr'),
  });
  sayExitCode(exitCode, context);
  const lines = parts.join('').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return Object.assign(ShellLines.from(lines) as ShellLines, { exitCode });
}

/**
 * The command of `!command`: `texts` with `values` between them, which are the `{expressions}` of the line. `$name` is
 * the variable of that name if the session has one, else left to the shell; `$$` is a `$`. Arrays become words.
 */
export function commandText(
  texts: readonly string[],
  values: readonly unknown[],
  variables: Context['variables'],
): string {
  const names = new Set(variables.names());
  const fill = (text: string) =>
    text.replace(/\$\$|\$([A-Za-z_]\w*)/g, (found, name?: string) => {
      if (name === undefined) return '$';
      return names.has(name) ? words(variables.get(name)) : found;
    });
  return texts.map((text, i) => (i === 0 ? '' : words(values[i - 1])) + fill(text)).join('');
}

const words = (value: unknown): string => (Array.isArray(value) ? value.join(' ') : String(value));

function sayExitCode(code: number, context: Context): void {
  if (code !== 0) context.print(`exit code ${code}\n`, 'stderr');
}
