#!/usr/bin/env node
import { runOnSuitableNode } from './node-version.ts';

const help = `Edgebook: make neural networks small and fast on edge devices, from a notebook or a terminal.

  edgebook [repl] [NOTEBOOK [--replay]] [--kernel CONNECTION_FILE | --ssh HOST] [--plain]
      The session in this terminal. With a NOTEBOOK it goes on where that ends, or runs its cells first (--replay);
      %save FILE.ipynb writes it. --kernel joins a kernel that runs, of any language; --ssh runs the cells on a
      device, which need not have anything installed. --plain draws nothing over, for screen readers. Runs a
      script from a pipe: edgebook repl < script.ts
  edgebook run NOTEBOOK [-o OUT] [--html PAGE]
      Runs a notebook without Jupyter, shows its progress, and writes it with its outputs to OUT
      (default: NOTEBOOK itself). --html also writes a page with all outputs, plots included.
  edgebook apply RECIPE MODEL [-o OUT] [--data DATA] [--with FILE]
      Makes a model from MODEL as a recipe of %recipe says, without Jupyter. With the recipe's own model, data
      and machine it gives the same bytes; exit code 1 if it should have and did not. --data takes other
      data than the recipe's; --with gives a model that a step needs beside its own, as a teacher.
  edgebook install [--user | --sys-prefix | --prefix DIR]
      Makes the kernel known to Jupyter. Default: --user.
  edgebook types [FOLDER]
      Writes declarations of display and the magics, for VS Code and other editors. Default: this folder.
  edgebook uninstall [--user | --sys-prefix | --prefix DIR]
      Removes what install wrote there.
  edgebook doctor
      Checks the installation and the machine, and says how to mend what is wrong.
  edgebook kernel CONNECTION_FILE
      Serves a Jupyter front end; Jupyter calls this.
  edgebook --help | --version
`;

type Command = (args: string[]) => Promise<number | undefined>;

/** Each command loads only what it needs: the kernel must answer soon after its start. */
const commands: Record<string, Command> = {
  kernel: async (args) => (await import('./commands/kernel.ts')).kernelCommand(args),
  install: async (args) => (await import('./commands/install.ts')).installCommand(args),
  types: async (args) => (await import('./commands/types.ts')).typesCommand(args),
  uninstall: async (args) => (await import('./commands/uninstall.ts')).uninstallCommand(args),
  doctor: async (args) => (await import('./commands/doctor.ts')).doctorCommand(args),
  apply: async (args) => (await import('./commands/apply.ts')).applyCommand(args),
  repl: async (args) => (await import('./commands/repl.ts')).replCommand(args),
  run: async (args) => (await import('./commands/run.ts')).runCommand(args),
  '--help': async () => print(help),
  '--version': async () => print(`${(await import('../src/version.ts')).version()}\n`),
};

/** Without a command it is `repl`, whatever options or notebook follow. */
function withCommand(given: string[]): string[] {
  const [first] = given;
  const isOption = first?.startsWith('--') && !Object.hasOwn(commands, first);
  return first === undefined || isOption || first.endsWith('.ipynb') ? ['repl', ...given] : given;
}

function print(text: string): undefined {
  process.stdout.write(text);
}

async function main(given: string[]): Promise<number | undefined> {
  const { UsageError } = await import('../src/errors.ts');
  const [name, ...args] = withCommand(given) as [string, ...string[]];
  try {
    const wanted = name === '-h' ? '--help' : name;
    if (!Object.hasOwn(commands, wanted)) throw UsageError.unknown('command', name, Object.keys(commands));
    return await commands[wanted]!(args);
  } catch (error) {
    const told = error instanceof UsageError ? error.message : fileError(name, error);
    if (told === undefined) throw error;
    process.stderr.write(`${told}\n`);
    return 2;
  }
}

/** What the system refused to do with a file; undefined if it is another error. */
function fileError(command: string, error: unknown): string | undefined {
  const { path, syscall, message } = error as NodeJS.ErrnoException;
  if (path === undefined || syscall === undefined) return undefined;
  return `edgebook ${command}: ${message}. Name a place that exists and that you may write to`;
}

if (!runOnSuitableNode()) process.exitCode = (await main(process.argv.slice(2))) ?? 0;
