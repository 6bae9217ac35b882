import { ByteQueue } from '../byte-queue.ts';
import type { Spawned } from '../device.ts';

/** A command that starts as soon as `ready` is fulfilled; what is done to it before, happens then. */
export function lateSpawn(ready: Promise<void>, start: () => Spawned): Spawned {
  let killed: (error: Error) => void = () => {};
  const kill = new Promise<never>((_, reject) => {
    killed = reject;
  });
  kill.catch(() => {});
  const started = Promise.race([ready, kill]).then(start);
  started.catch(() => {});
  const exit = started.then((spawned) => spawned.exit);
  exit.catch(() => {});
  return {
    write: (bytes) => started.then((spawned) => spawned.write(bytes)),
    end: () => void started.then((spawned) => spawned.end()).catch(() => {}),
    stdout: late(started, 'stdout'),
    stderr: late(started, 'stderr'),
    exit,
    kill: () => {
      killed(new Error('The command was stopped before it had begun'));
      void started.then((spawned) => spawned.kill()).catch(() => {});
    },
  };
}

/** A stream of a command that may never start: it is empty then, and `exit` says why. */
function late(started: Promise<Spawned>, name: 'stdout' | 'stderr'): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      const stream = await started.then((spawned) => spawned[name]).catch(() => ended());
      yield* stream;
    },
  };
}

function ended(): ByteQueue {
  const queue = new ByteQueue();
  queue.end();
  return queue;
}
