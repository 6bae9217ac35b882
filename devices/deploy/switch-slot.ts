import type { Transport } from '../device.ts';
import { type Held, hasLock } from './lock.ts';
import { onDevice } from './on-device.ts';
import type { LogEntry } from './slots.ts';

/**
 * A new model, in the folder `$5`, takes the slot that is not served; then the name of the slot changes by one rename:
 * a reader sees the old one or the new one. A deployment whose lock was taken over changes nothing: what takes time is
 * done before it looks.
 */
const switchSlot = `held() {
  if ${hasLock}; then return; fi
  echo 'another deployment has taken its place; %deployments shows what is served' >&2; exit 75
}
slot=$2
if [ "$4" = deploy ]; then
  durable "$5/manifest.json" "$5/model.onnx"
  held "$1"
  if [ "$(cat current 2>/dev/null)" = "$slot" ]; then echo "slot $slot is served" >&2; exit 1; fi
  if [ -d "$slot" ]; then mv "$slot" "$5/before"; fi
  mv "$5" "$slot"; rm -rf "$slot/before"; durable . || true
fi
if [ ! -f "$slot/manifest.json" ] || [ ! -f "$slot/model.onnx" ]; then echo "slot $slot is not whole" >&2; exit 1; fi
durable "$slot/manifest.json" "$slot/model.onnx"
printf '%s\\n' "$slot" > "current.$1"; durable "current.$1"
held "$1"
mv -f "current.$1" current; durable . || true
printf '%s\\n' "$3" >> log.jsonl; durable log.jsonl`;

/**
 * Serves a slot from now on, and notes it in the log. Throws DeviceError if the slot is not whole, or if the deployment
 * has lost its lock.
 */
export async function switchTo(
  transport: Transport,
  root: string,
  { deployment, place, entry }: Held & { readonly entry: LogEntry },
): Promise<void> {
  await onDevice(transport, root, {
    ...{ script: switchSlot, what: `switch to slot ${entry.slot}` },
    parameters: [deployment, entry.slot, JSON.stringify(entry), entry.what, place],
  });
}
