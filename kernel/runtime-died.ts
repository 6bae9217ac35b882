import type { CellEnd } from './engine/runtime-child.ts';
import type { ErrorOutput } from './output.ts';

/** What a cell ends with whose process has ended. */
export function runtimeDied({ code, signal, reason }: Extract<CellEnd, { type: 'died' }>): ErrorOutput {
  const how = signal === 'SIGKILL' ? `${signal}: was the memory full?` : (signal ?? `exit code ${code}`);
  const cause = reason ?? `The runtime process ended (${how})`;
  const evalue = `${cause}. Variables are lost; the next cell runs in a fresh process.`;
  return {
    type: 'error',
    ename: 'RuntimeDied',
    evalue,
    traceback: [`\u001b[31mRuntimeDied\u001b[39m: ${evalue}`],
  };
}
