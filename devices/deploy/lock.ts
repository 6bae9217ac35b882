import type { Transport } from '../device.ts';
import { onDevice } from './on-device.ts';

/** A lock that nobody has touched for so many minutes is left from a deployment that was cut. */
const staleAfter = 15;

/** A folder is made by one process only. One from before a restart of the device, or a stale one, is taken over. */
const take = `boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown)
if mkdir lock 2>/dev/null; then echo "$boot" > lock/boot; exit 0; fi
old=$(cat lock/boot 2>/dev/null || true)
if [ "$old" != "$boot" ] || [ -n "$(find lock -maxdepth 0 -mmin +${staleAfter} 2>/dev/null)" ]; then
  echo "$boot" > lock/boot; touch lock; exit 0
fi
echo 'another deployment is at work there; if it was cut, wait ${staleAfter} minutes or remove the folder lock in it' >&2; exit 75`;

/** Does work on the deployments of a device that no other session may do meanwhile. */
export async function withLock<T>(
  transport: Transport,
  { root, signal }: { readonly root: string; readonly signal?: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  await onDevice(transport, root, { script: take, what: 'begin a deployment', ...(signal && { signal }) });
  try {
    return await work();
  } finally {
    // The work's own error matters more than that of a device that is gone.
    await onDevice(transport, root, {
      script: 'rm -rf lock',
      what: 'end the deployment',
      timeoutMs: 5000,
    }).catch(() => undefined);
  }
}
