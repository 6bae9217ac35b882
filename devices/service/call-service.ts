import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityHeader, serviceIdentity } from './identity.ts';
import { serviceFolder } from './service-state.ts';

export interface ServiceCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** How long, in ms, it may take until the service takes calls: it may just have been started. */
  readonly patience: number;
}

export interface ServiceReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Calls the service of this user on this machine. Throws an Error if it takes no call in time. */
export async function callService(call: ServiceCall): Promise<ServiceReply> {
  const until = Date.now() + call.patience;
  for (;;) {
    try {
      return await callOnce(call);
    } catch (error) {
      if (Date.now() >= until)
        throw new Error(`the service does not answer (${reasonOf(error)})${lastWords()}`, { cause: error });
    }
    await sleep(100);
  }
}

async function callOnce({ method, path, headers, body }: ServiceCall): Promise<ServiceReply> {
  const port = Number(readFileSync(join(serviceFolder, 'port'), 'utf8'));
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(headers && { headers }),
    ...(body && { body: body as Uint8Array<ArrayBuffer> }),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.headers.get(identityHeader) !== serviceIdentity())
    throw new Error(`port ${port}, which it had, is that of another program now`);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: bytes,
  };
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { readonly cause?: Error };
  if (message.includes('ENOENT')) return 'it has never listened';
  return cause?.message ?? message;
}

/** Why it may have ended. */
function lastWords(): string {
  const file = join(serviceFolder, 'errors.log');
  const said = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  const line = said.split('\n').findLast((text) => /Error/.test(text));
  return line ? `; its last error: ${line.trim()}` : '';
}
