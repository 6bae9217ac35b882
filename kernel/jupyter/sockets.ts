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
    iopub: new zmq.XPublisher({ sendHighWaterMark: 0, manual: true }),
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

/** A client's wish to hear a topic, or no longer. */
export interface Subscription {
  readonly topic: Buffer;
  readonly wanted: boolean;
  /** Makes it so. To be called before the next one is taken. */
  apply(): void;
}

/**
 * Subscriptions as they come. They take effect by `apply`, so that the first thing a client hears can be its welcome: by
 * default ZeroMQ subscribes a client before we know of it.
 */
export async function* subscriptions(iopub: zmq.XPublisher): AsyncGenerator<Subscription> {
  const socket = iopub as zmq.XPublisher & { setStringOption(option: number, value: Buffer): void };
  const options = { subscribe: 6, unsubscribe: 7 };
  for await (const [event] of iopub) {
    const wanted = event?.[0] === 1;
    if (!event || (!wanted && event[0] !== 0)) continue;
    const topic = event.subarray(1);
    // ZeroMQ applies this to the client whose frame was received last.
    const apply = () => socket.setStringOption(wanted ? options.subscribe : options.unsubscribe, topic);
    yield { topic, wanted, apply };
  }
}

export function closeSockets(sockets: Sockets): void {
  for (const socket of Object.values(sockets)) socket.close();
}

async function echo(socket: zmq.Router): Promise<void> {
  for await (const frames of socket) await socket.send(frames);
}
