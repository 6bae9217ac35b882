import type { Transport } from '../device.ts';
import { onDevice } from './on-device.ts';
import type { LogEntry } from './slots.ts';

/** Where a deployment prepares what goes into a slot. */
export const nextFolder = 'next';

/**
 * A new model takes the slot that is not served; then the name of the slot changes by one rename: a reader sees the old
 * one or the new one.
 */
const switchSlot = `if [ "$3" = deploy ]; then
  durable ${nextFolder}/manifest.json ${nextFolder}/model.onnx
  if [ "$(cat current 2>/dev/null)" = "$1" ]; then echo "slot $1 is served" >&2; exit 1; fi
  rm -rf "$1"; mv ${nextFolder} "$1"; durable . || true
fi
if [ ! -f "$1/manifest.json" ] || [ ! -f "$1/model.onnx" ]; then echo "slot $1 is not whole" >&2; exit 1; fi
durable "$1/manifest.json" "$1/model.onnx"
printf '%s\\n' "$1" > current.new; durable current.new; mv -f current.new current; durable . || true
printf '%s\\n' "$2" >> log.jsonl; durable log.jsonl`;

/** Serves a slot from now on, and notes it in the log. Throws DeviceError if the slot is not whole. */
export async function switchTo(transport: Transport, root: string, entry: LogEntry): Promise<void> {
  await onDevice(transport, root, {
    ...{ script: switchSlot, what: `switch to slot ${entry.slot}` },
    parameters: [entry.slot, JSON.stringify(entry), entry.what],
  });
}
