import { DeviceError } from '../../src/errors.ts';
import type { ExecOptions, Transport } from '../device.ts';

export interface Script extends Pick<ExecOptions, 'signal' | 'timeoutMs'> {
  /** POSIX shell, run in the folder of the deployments; parameters from `$1` on. */
  readonly script: string;
  readonly parameters?: readonly string[];
  readonly stdin?: string;
  /** What it does, for the error: `switch the slot`. */
  readonly what: string;
}

const enter = `set -e
case $0 in /*) root=$0;; *) root=$HOME/$0;; esac
mkdir -p "$root"; cd "$root"
durable() { sync "$@" 2>/dev/null || sync; }
`;

/** Runs a script in the folder of the deployments; its output. Throws DeviceError with what it said if it fails. */
export async function onDevice(transport: Transport, root: string, job: Script): Promise<string> {
  const { script, parameters = [], stdin, what, signal, timeoutMs } = job;
  const result = await transport.exec(['sh', '-c', enter + script, root, ...parameters], {
    ...(stdin !== undefined && { stdin: Buffer.from(stdin) }),
    ...(signal && { signal }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  if (result.code === 0) return Buffer.from(result.stdout).toString();
  const said = Buffer.from(result.stderr).toString().trim().split('\n').at(-1);
  throw new DeviceError(
    `${transport.name}: could not ${what}: ${said || `its shell ended with code ${result.code}`}`,
    { device: transport.name, command: what },
  );
}
