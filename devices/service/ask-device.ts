import { serialize } from 'node:v8';
import { DeviceError } from '../../src/errors.ts';
import type { Transport } from '../device.ts';
import { readAnswer } from './answer.ts';
import { besideAgent } from './program.ts';

export interface Asked {
  /** The agent's command there. */
  readonly agent: readonly string[];
  /** Below our folder, without its ending: `devices/service/check`. */
  readonly program: string;
  readonly request: unknown;
  /** For the error: `check the model`. */
  readonly what: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** What one of our programs on a device answers. Throws DeviceError with what it threw there, or how it ended. */
export async function askDevice<A>(transport: Transport, asked: Asked): Promise<A> {
  const { agent, program, request, what, signal, timeoutMs } = asked;
  const { code, stdout, stderr } = await transport.exec(besideAgent(agent, program), {
    stdin: serialize(request),
    ...(signal && { signal }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const answer = readAnswer<A>(stdout);
  if (answer && 'value' in answer) return answer.value;
  const said = Buffer.from(stderr).toString().trim().split('\n').at(-1);
  const why = answer?.error.message ?? `its process ended with exit code ${code}${said ? ` (${said})` : ''}`;
  throw new DeviceError(`${transport.name}: could not ${what}: ${why}`, {
    device: transport.name,
    command: what,
  });
}
