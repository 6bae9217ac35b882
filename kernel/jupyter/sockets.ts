import * as zmq from 'zeromq';
import { address, type ConnectionInfo } from './connection.ts';

export interface Sockets {
  readonly shell: zmq.Router;
  readonly control: zmq.Router;
  readonly stdin: zmq.Router;
  readonly iopub: zmq.XPublisher;
  readonly hb: zmq.Router;
}

/** Binds the five sockets of a kernel, and echoes heartbeats. */
export async function bindSockets(info: ConnectionInfo): Promise<Sockets> {
  // A high-water mark of 0 is none: no output is dropped for a slow client.
  const unlimited = { sendHighWaterMark: 0, receiveHighWaterMark: 0 };
  const sockets: Sockets = {
    shell: new zmq.Router(unlimited),
    control: new zmq.Router(unlimited),
    stdin: new zmq.Router(unlimited),
    iopub: new zmq.XPublisher({ sendHighWaterMark: 0, verbosity: 'allSubs' }),
    hb: new zmq.Router(),
  };
  await Promise.all([
    sockets.shell.bind(address(info, 'shell')),
    sockets.control.bind(address(info, 'control')),
    sockets.stdin.bind(address(info, 'stdin')),
    sockets.iopub.bind(address(info, 'iopub')),
    sockets.hb.bind(address(info, 'hb')),
  ]);
  void echo(sockets.hb);
  return sockets;
}

export function closeSockets(sockets: Sockets): void {
  for (const socket of Object.values(sockets)) socket.close();
}

async function echo(socket: zmq.Router): Promise<void> {
  for await (const frames of socket) await socket.send(frames);
}
