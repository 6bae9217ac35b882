import { UsageError } from '../../src/errors.ts';
import type { Transport } from '../device.ts';
import { withLock } from './lock.ts';
import { defaultRoot, type Manifest, otherSlot, slotState } from './slots.ts';
import { switchTo } from './switch-slot.ts';

/** Serves what was served before again. Throws UsageError if there is nothing to go back to. */
export async function rollback(
  transport: Transport,
  { root = defaultRoot }: { readonly root?: string } = {},
): Promise<Manifest> {
  return withLock(transport, { root }, async (held) => {
    const { current, slots } = await slotState(transport, root);
    const slot = otherSlot(current);
    const manifest = slots[slot];
    if (current === undefined || !manifest)
      throw new UsageError(
        `${transport.name} has nothing to go back to: ${current === undefined ? 'nothing is deployed there' : `'${slots[current]?.name}' is the only model there`}. %deployments ${transport.name} lists what there is`,
      );
    const { name, model } = manifest;
    const entry = { at: new Date().toISOString(), what: 'rollback', slot, name, model } as const;
    await switchTo(transport, root, { ...held, entry });
    return manifest;
  });
}
