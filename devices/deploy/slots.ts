import { DeviceError } from '../../src/errors.ts';
import type { Transport } from '../device.ts';
import type { OutputStatistics } from '../service/output-statistics.ts';
import { onDevice } from './on-device.ts';
import type { Piece } from './pieces.ts';

export type Slot = 'a' | 'b';

/** What is in a slot. Written last, so that a slot that has it is whole. */
export interface Manifest {
  /** The variant's name. */
  readonly name: string;
  /** sha256 of the model's file. */
  readonly model: string;
  readonly bytes: number;
  readonly pieces: readonly Piece[];
  /** ISO 8601. */
  readonly deployed: string;
  /** What the health check told, for people. */
  readonly check: string;
  /** Of its outputs in the health check, by name. */
  readonly statistics?: Readonly<Record<string, OutputStatistics>>;
}

/** One line of the log on the device. */
export interface LogEntry {
  readonly at: string;
  readonly what: 'deploy' | 'rollback';
  readonly slot: Slot;
  readonly name: string;
  readonly model: string;
}

export interface SlotState {
  /** The slot that is served; undefined before the first deployment. */
  readonly current: Slot | undefined;
  readonly slots: Readonly<Partial<Record<Slot, Manifest>>>;
  /** Oldest first. */
  readonly log: readonly LogEntry[];
}

/** Where deployments are kept, below the user's home folder. */
export const defaultRoot = '.edgebook/deploy';

export const otherSlot = (slot: Slot | undefined): Slot => (slot === 'a' ? 'b' : 'a');

const read = `for file in current a/manifest.json b/manifest.json log.jsonl; do
  echo "== $file"; if [ -f "$file" ]; then cat "$file"; echo; fi
done`;

/** What is deployed on a device, in one round trip. A damaged line of the log is left out. */
export async function slotState(transport: Transport, root = defaultRoot): Promise<SlotState> {
  const text = await onDevice(transport, root, { script: read, what: 'read the deployments' });
  const sections = new Map(
    text.split(/^== /m).map((part) => {
      const [name = '', ...lines] = part.split('\n');
      return [name, lines.join('\n').trim()] as const;
    }),
  );
  const current = sections.get('current');
  const manifest = (slot: Slot) => parse<Manifest>(sections.get(`${slot}/manifest.json`) ?? '');
  const [a, b] = [manifest('a'), manifest('b')];
  const state = { slots: { ...(a && { a }), ...(b && { b }) }, log: logOf(sections.get('log.jsonl') ?? '') };
  if (current === undefined || current === '') return { ...state, current: undefined };
  if (current === 'a' || current === 'b') return { ...state, current };
  throw new DeviceError(
    `${transport.name}: ${root}/current must name slot a or b, holds '${current}': deploy again, or remove it`,
    { device: transport.name, command: 'read the deployments' },
  );
}

const logOf = (text: string): LogEntry[] =>
  text.split('\n').flatMap((line) => {
    const entry = parse<LogEntry>(line);
    return entry ? [entry] : [];
  });

/** Undefined for what is no JSON: a line that was cut by a reset. */
function parse<T>(text: string): T | undefined {
  try {
    return text === '' ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}
