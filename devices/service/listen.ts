import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const firstPort = 8807;
const ports = 32;
/** A service that has just been killed may hold its port for a moment. */
const tries = 20;

/** Listens on the loopback's port that a file names, so that it stays the same; at first on a free one, which is noted. */
export async function listenOnLoopback(server: Server, file: string): Promise<number> {
  const known = existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  if (known) {
    for (let i = 0; i < tries; i++) {
      if (await listens(server, known)) return known;
      await sleep(250);
    }
    throw new Error(`Port ${known} of the loopback is taken: delete ${file} for another one`);
  }
  for (let port = firstPort; port < firstPort + ports; port++)
    if (await listens(server, port)) {
      writeFileSync(file, `${port}\n`);
      return port;
    }
  throw new Error(`None of the ports ${firstPort} to ${firstPort + ports - 1} of the loopback is free`);
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    server.once('error', onError);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', onError);
      resolve(true);
    });
  });
}
