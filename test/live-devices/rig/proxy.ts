import { connect, createServer, type Socket } from 'node:net';

/** A link to a port of this machine that can be made to fail. */
export interface FaultyLink {
  readonly port: number;
  /** From now on it takes what comes and passes nothing on, without a word. */
  drop(): void;
  /** Resets all connections; new ones are welcome. */
  reset(): void;
  /** As it was; what was dropped stays lost. */
  mend(): void;
  close(): void;
}

export function startProxy(target: number): Promise<FaultyLink> {
  const sockets = new Set<Socket>();
  let dropping = false;
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    // A connection that was made while it dropped stays deaf.
    let deaf = dropping;
    socket.on('data', (chunk) => {
      deaf ||= dropping;
      if (!deaf) other.write(chunk);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      if (!deaf && !dropping) other.destroy();
    });
  };
  const server = createServer((incoming) => {
    const outgoing = connect(target, '127.0.0.1');
    keep(incoming, outgoing);
    keep(outgoing, incoming);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      resolve({
        port,
        drop: () => {
          dropping = true;
        },
        reset: () => {
          for (const socket of sockets) socket.resetAndDestroy();
        },
        mend: () => {
          dropping = false;
        },
        close: () => {
          for (const socket of sockets) socket.destroy();
          server.close();
        },
      });
    });
  });
}
