import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface CommandOptions {
  readonly cwd: string;
  /** Interrupts the command and all that it has started. */
  readonly signal: AbortSignal;
  /** Run by the system's shell; `args` must be empty then. */
  readonly shell?: boolean;
  onStdout(text: string): void;
  onStderr(text: string): void;
}

/** How long an interrupted command may take to end before it is killed, in ms. */
const grace = 2000;

/**
 * Runs a command without input, passes on what it writes while it runs, and resolves to its exit code (128 + n if
 * signal n ended it). An abort interrupts its whole process group, kills it after a grace of 2 s, and rejects with
 * the abort's reason. Rejects with Node's error if the command cannot be started.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, signal, shell = false, onStdout, onStderr }: CommandOptions,
): Promise<number> {
  signal.throwIfAborted();
  const windows = process.platform === 'win32';
  const child = spawn(command, args, {
    cwd,
    // npm and its kind are scripts on Windows, which only a shell can start.
    shell: shell || windows,
    detached: !windows,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8').on('data', onStdout);
  child.stderr.setEncoding('utf8').on('data', onStderr);
  const interrupt = () => void endGroup(child);
  signal.addEventListener('abort', interrupt);
  try {
    const code = await ended(child);
    signal.throwIfAborted();
    return code;
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, name) => resolve(code ?? 128 + constants.signals[name!]));
  });
}

/** As Ctrl-C in a terminal; what is still there after the grace is killed. */
async function endGroup(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGINT');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), grace);
  child.once('close', () => clearTimeout(timer));
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
