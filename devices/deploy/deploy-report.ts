import { Report } from '../../src/report.ts';
import type { Manifest, Slot } from './slots.ts';

export interface DeployFacts {
  readonly slot: Slot;
  readonly manifest: Manifest;
  /** Bytes of the model that have travelled. */
  readonly sent: number;
  readonly warnings: readonly string[];
  /** What was served before. */
  readonly before?: Manifest;
}

/** What a deployment did: what is served now, how much of it had to travel, what the check told. */
export class DeployReport extends Report {
  readonly facts: DeployFacts;

  constructor(facts: DeployFacts) {
    const { slot, manifest, sent, before, warnings } = facts;
    const share = ((100 * sent) / manifest.bytes).toFixed(1);
    super({
      title:
        sent === 0
          ? `${manifest.name} is served already, from slot ${slot}`
          : `${manifest.name} is served from slot ${slot}; ${share} % of its bytes had to travel`,
      columns: [
        { key: 'what', header: '' },
        { key: 'name', header: 'model' },
        { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
        { key: 'sent', header: 'sent', unit: 'kB', scale: 1e-3, decimals: 1 },
        { key: 'model', header: 'sha256' },
        { key: 'check', header: 'check', wrap: 50 },
      ],
      rows: [
        { ...rowOf(manifest), what: 'now', sent },
        ...(before ? [{ ...rowOf(before), what: 'before', sent: undefined }] : []),
      ],
      warnings,
    });
    this.facts = facts;
  }
}

const rowOf = ({ name, bytes, model, check }: Manifest) => ({
  name,
  bytes,
  model: model.slice(0, 12),
  check,
});
