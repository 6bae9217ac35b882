import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { DeviceError } from '../src/errors.ts';
import { ByteQueue } from './byte-queue.ts';
import type { Spawned } from './device.ts';

export interface ProcessOptions {
  /** The device's name. */
  readonly device: string;
  /** The command as a user would name it, for messages. */
  readonly command: string;
  /** Whether killing it takes along all that it has started. */
  readonly group?: boolean;
  /** What an exit code means that is not the command's own, such as ssh's; undefined if it is the command's. */
  readonly failure?: (code: number, stderr: string) => DeviceError | undefined;
  /** Sees what comes on stderr first, and gives what of it is the command's. */
  readonly onStderr?: (bytes: Uint8Array) => Uint8Array;
}

/** So much of stderr is kept for `failure`, in characters. */
const keptErrors = 4096;

/** A process on this machine as a command of a device: the command itself, or the ssh client that runs it. */
export function spawnProcess(argv: readonly string[], options: ProcessOptions): Spawned {
  const { device, command, group = false, onStderr = (bytes) => bytes } = options;
  const child = spawn(argv[0]!, argv.slice(1), { stdio: 'pipe', detached: group });
  const stderr = new ByteQueue();
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-keptErrors);
    stderr.push(onStderr(chunk));
  });
  child.stderr.on('close', () => stderr.end());
  child.stdin.on('error', () => {});
  return {
    write: (bytes) => write(child, bytes, () => lost(device, command)),
    end: () => child.stdin.end(),
    stdout: child.stdout,
    stderr,
    exit: exitOf(child, options, () => said),
    kill: () => {
      if (group) killGroup(child);
      else child.kill('SIGKILL');
      // What nobody reads would keep it from being over.
      child.stdout.destroy();
    },
  };
}

function killGroup({ pid, exitCode, signalCode }: ChildProcessWithoutNullStreams): void {
  // The number of a process that is over may be another's by now.
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended at this moment.
  }
}

function exitOf(
  child: ChildProcessWithoutNullStreams,
  options: ProcessOptions,
  said: () => string,
): Promise<number> {
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', (cause) => reject(notStarted(cause, options)));
    child.once('close', (code, signal) => {
      const number = code ?? 128 + (constants.signals[signal!] ?? 0);
      const failed = options.failure?.(number, said());
      if (failed) reject(failed);
      else resolve(number);
    });
  });
  // Who does not ask how it ended need not be told.
  exit.catch(() => {});
  return exit;
}

function write(
  { stdin }: ChildProcessWithoutNullStreams,
  bytes: Uint8Array,
  lostError: () => DeviceError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!stdin.writable) reject(lostError());
    else stdin.write(bytes, (error) => (error ? reject(lostError()) : resolve()));
  });
}

const lost = (device: string, command: string): DeviceError =>
  new DeviceError(`${device}: '${command}' takes no more input: it has ended, or the way to it is lost`, {
    device,
    command,
  });

function notStarted(cause: Error, { device, command }: ProcessOptions): DeviceError {
  const { code } = cause as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'there is no such program' : cause.message;
  return new DeviceError(`${device}: '${command}' could not be started: ${why}`, { device, command, cause });
}
