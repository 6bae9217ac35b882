import { Report, type ReportInit } from '../report.ts';

interface PartedFacts {
  readonly parts?: readonly Report[];
  readonly warnings: readonly string[];
}

/** A report made of facts, one of which are other reports: what was done before, or tested afterwards. */
export abstract class PartedReport<Facts extends PartedFacts> extends Report {
  /** Shown before its own charts, since they say what was done. */
  readonly parts: readonly Report[];
  readonly #facts: Facts;

  constructor(facts: Facts, init: ReportInit) {
    const { parts = [] } = facts;
    super({ ...init, charts: [...parts, ...(init.charts ?? [])] });
    this.parts = parts;
    this.#facts = facts;
  }

  /** The same report with another part, shown first, and with other facts where the model was changed once more. */
  withPart(part: Report, changed: Partial<Facts> = {}): this {
    return this.#made({ ...this.#facts, ...changed, parts: [part, ...this.parts] });
  }

  /** The same report with another warning, shown first. */
  withWarning(warning: string): this {
    return this.#made({ ...this.#facts, warnings: [warning, ...this.warnings] });
  }

  #made(facts: Facts): this {
    const Same = this.constructor as new (facts: Facts) => this;
    return new Same(facts);
  }
}
