import { connect, createServer, type Socket } from 'node:net';

/** A port that leads to another one, with so much time in between, in ms each way. */
export interface SlowLink {
  readonly port: number;
  close(): void;
}

export async function slowLink(
  to: { readonly host: string; readonly port: number },
  delay: number,
): Promise<SlowLink> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to);
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      // Timers of one length end in their order, and so do the bytes.
      from.on('data', (bytes) => void setTimeout(() => into.writable && into.write(bytes), delay));
      from.on('close', () => void setTimeout(() => into.destroy(), delay));
      from.on('error', () => {});
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
