import { randomUUID } from 'node:crypto';
import type { Transport } from '../device.ts';
import { onDevice } from './on-device.ts';

/** A lock that nobody has touched for so many minutes is left from a deployment that was cut. */
const staleAfter = 15;

/**
 * A folder is made by one process only. One from before a restart of the device, a stale one, and, where `$3` says that it
 * is over, one of an interrupted deployment of the same session `$1` is taken over.
 */
const take = `boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown)
mine() {
  echo "$boot" > lock/boot; echo "$1" > lock/session
  echo "$2" > "lock/deployment.$2"; mv -f "lock/deployment.$2" lock/deployment; rm -rf next-* current.?*; exit 0
}
if mkdir lock 2>/dev/null; then mine "$@"; fi
old=$(cat lock/boot 2>/dev/null || true); session=$(cat lock/session 2>/dev/null || true)
if [ "$old" != "$boot" ] || [ -n "$(find lock -maxdepth 0 -mmin +${staleAfter} 2>/dev/null)" ] || [ -n "$3" -a "$session" = "$1" ]; then
  mkdir -p lock; touch -c lock; mine "$@"
fi
echo 'another deployment is at work there; if it was cut, wait ${staleAfter} minutes or remove the folder lock in it' >&2; exit 75`;

/** Shell: whether the deployment `$1` still has the lock. */
export const hasLock = '[ "$(cat lock/deployment 2>/dev/null)" = "$1" ]';

/** A lock that is held is touched so often, in ms: a slow link may take longer than `staleAfter`. */
const touchInterval = 5 * 60_000;
const touch = `if ${hasLock}; then touch -c lock; fi`;

/** Ends the lock of one deployment, and no other's that has taken it over. */
const end = `rm -rf "next-$1"; if ${hasLock}; then rm -rf lock; fi`;

/** A deployment that has the lock. What it prepares is its own, also when another has taken the lock over. */
export interface Held {
  readonly deployment: string;
  /** Where it prepares what goes into a slot, in the folder of the deployments. */
  readonly place: string;
}

const session = randomUUID();
/** Deployments of this session that have not ended, by device and folder. */
const running = new Map<string, AbortSignal | undefined>();
/** The end of the last lock, which is on its way. */
const ending = new Map<string, Promise<unknown>>();

/** Does work on the deployments of a device that no other session may do meanwhile. */
export async function withLock<T>(
  transport: Transport,
  { root, signal }: { readonly root: string; readonly signal?: AbortSignal },
  work: (held: Held) => Promise<T>,
): Promise<T> {
  const key = `${transport.name} ${root}`;
  const deployment = randomUUID();
  await ending.get(key);
  // The work of an interrupted one may take its time to end: nobody has to wait for it.
  const isOver = !running.has(key) || running.get(key)?.aborted === true;
  const parameters = [session, deployment, isOver ? 'over' : ''];
  await onDevice(transport, root, {
    script: take,
    parameters,
    what: 'begin a deployment',
    ...(signal && { signal }),
  });
  running.set(key, signal);
  const touches = setInterval(() => {
    const job = { script: touch, parameters: [deployment], what: 'keep the lock', timeoutMs: 20_000 };
    // The work itself tells of a device that is gone.
    onDevice(transport, root, job).catch(() => undefined);
  }, touchInterval);
  touches.unref();
  try {
    return await work({ deployment, place: `next-${deployment}` });
  } finally {
    clearInterval(touches);
    if (running.get(key) === signal) running.delete(key);
    // The work's own error matters more than that of a device that is gone.
    const ended = onDevice(transport, root, {
      ...{ script: end, parameters: [deployment], what: 'end the deployment', timeoutMs: 5000 },
    }).catch(() => undefined);
    ending.set(key, ended);
    await ended;
    if (ending.get(key) === ended) ending.delete(key);
  }
}
