import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { ModelError, UsageError } from '../errors.ts';
import type { WorkOptions } from '../report.ts';
import type { RunnerBegun, RunnerMessage, RunnerRequest, RunnerResult } from './runner-protocol.ts';
import type { SoakWindow } from './soak-runs.ts';

const runner = new URL(`./runner${extname(import.meta.url)}`, import.meta.url);

export interface RunnerWatch extends WorkOptions {
  /** Told when the measured runs begin. */
  readonly onBegun?: ((begun: RunnerBegun) => void) | undefined;
  /** Told after each part of a soak. */
  readonly onWindow?: ((window: SoakWindow) => void) | undefined;
}

/** Measures in a process of its own, which is killed on abort. Errors are those of the runner. */
export async function runInProcess(request: RunnerRequest, watch: RunnerWatch): Promise<RunnerResult> {
  const { signal } = watch;
  signal?.throwIfAborted();
  const child = fork(runner, {
    serialization: 'advanced',
    execArgv: ['--expose-gc'],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  try {
    child.send(request);
    return await resultOf(child, watch);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', kill);
    kill();
  }
}

function resultOf(child: ChildProcess, watch: RunnerWatch): Promise<RunnerResult> {
  let words = '';
  child.stderr?.on('data', (data: Buffer) => {
    words = (words + data).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.on('message', (message: RunnerMessage) => {
      if (message.type === 'result') resolve(message.result);
      else if (message.type === 'error') reject(revive(message));
      else if (message.type === 'begun') watch.onBegun?.(message.begun);
      else if (message.type === 'window') watch.onWindow?.(message.window);
      else watch.onProgress?.({ done: message.done, total: message.total, message: 'runs' });
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const how = signal ? `signal ${signal}` : `code ${code}`;
      reject(new ModelError(`The process that ran the model ended with ${how}. ${words}`.trim()));
    });
  });
}

const knownErrors = new Map<string, new (message: string) => Error>([
  ['ModelError', ModelError],
  ['UsageError', UsageError],
]);

function revive({ name, message }: { name: string; message: string }): Error {
  const Type = knownErrors.get(name) ?? Error;
  return new Type(message);
}
