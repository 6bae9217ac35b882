import { Report } from '../../src/report.ts';
import type { Health } from './health.ts';
import type { Manifest, Slot } from './slots.ts';

export interface DeployFacts {
  readonly device: string;
  readonly slot: Slot;
  readonly manifest: Manifest;
  /** Bytes of the model that have travelled. */
  readonly sent: number;
  /** Pieces of the file that were there already. */
  readonly reused?: number;
  readonly warnings: readonly string[];
  /** What was served before. */
  readonly before?: Manifest;
  readonly health?: Health;
  /** From the first word to the device to the switch. */
  readonly seconds?: number;
}

/** What a deployment did: what is served now, how much of it had to travel, what the check told. */
export class DeployReport extends Report {
  readonly facts: DeployFacts;

  constructor(facts: DeployFacts) {
    super({
      title: titleOf(facts),
      columns: [
        { key: 'device', header: 'device' },
        { key: 'slot', header: 'slot' },
        { key: 'name', header: 'model' },
        { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
        { key: 'sent', header: 'travelled', unit: 'kB', scale: 1e-3, decimals: 1 },
        { key: 'reused', header: 'reused' },
        { key: 'there', header: 'check there' },
        { key: 'here', header: 'check here' },
        { key: 'seconds', header: 'time', unit: 's', decimals: 1 },
        { key: 'model', header: 'sha256' },
      ],
      rows: [nowRow(facts), ...(facts.before ? [beforeRow(facts, facts.before)] : [])],
      warnings: facts.warnings,
    });
    this.facts = facts;
  }

  /** The same, with what else the reader must know. */
  withNotes(notes: readonly string[]): DeployReport {
    return new DeployReport({ ...this.facts, warnings: [...this.facts.warnings, ...notes] });
  }
}

function titleOf({ slot, manifest, sent, health }: DeployFacts): string {
  const { name, bytes } = manifest;
  if (sent === 0 && !health) return `${name} is served already, from slot ${slot}`;
  return `${name} is served from slot ${slot}; ${((100 * sent) / bytes).toFixed(1)} % of its bytes had to travel`;
}

function nowRow({ device, slot, manifest, sent, reused, health, seconds }: DeployFacts) {
  const { name, bytes, pieces, model } = manifest;
  return {
    ...{ device, slot: `${slot}, served`, name, bytes, sent, seconds, model: model.slice(0, 12) },
    reused: reused === undefined ? undefined : `${reused} of ${pieces.length} pieces`,
    there: health?.there ?? manifest.check,
    here: health?.here,
  };
}

function beforeRow({ device, slot }: DeployFacts, { name, bytes, model, check }: Manifest) {
  const other = slot === 'a' ? 'b' : 'a';
  return {
    ...{ device, slot: `${other}, before`, name, bytes, model: model.slice(0, 12) },
    there: check.split(' there')[0]?.replace(/^top-1 /, ''),
  };
}
