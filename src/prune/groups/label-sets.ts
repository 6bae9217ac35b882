import type { AxisLabels } from '../../ops/index.ts';

/** Which labels go together, which of those must stay and why: disjoint sets (Tarjan 1975) with a note for each. */
export class LabelSets {
  readonly #parent: number[] = [];
  readonly #reasons = new Map<number, string>();
  readonly #preferred = new Set<number>();

  fresh(size: number): Int32Array {
    const start = this.#parent.length;
    for (let label = start; label < start + size; label++) this.#parent.push(label);
    return Int32Array.from({ length: size }, (_, i) => start + i);
  }

  /** The label that stands for all that go with this one. */
  find(label: number): number {
    let root = label;
    while (this.#parent[root] !== root) root = this.#parent[root]!;
    for (let at = label; at !== root; ) {
      const next = this.#parent[at]!;
      this.#parent[at] = root;
      at = next;
    }
    return root;
  }

  join(a: number, b: number): void {
    const [into, from] = [this.find(a), this.find(b)];
    if (into === from) return;
    this.#parent[from] = into;
    const reason = this.#reasons.get(into) ?? this.#reasons.get(from);
    if (reason !== undefined) this.#reasons.set(into, reason);
    if (this.#preferred.has(from)) this.#preferred.add(into);
  }

  /** These labels must stay; the first reason is kept. */
  fix(labels: AxisLabels, reason: string): void {
    for (const label of labels ?? []) {
      const root = this.find(label);
      if (!this.#reasons.has(root)) this.#reasons.set(root, reason);
    }
  }

  /** Why a label must stay; undefined if it need not. */
  reason(label: number): string | undefined {
    return this.#reasons.get(this.find(label));
  }

  prefer(labels: AxisLabels): void {
    for (const label of labels ?? []) this.#preferred.add(this.find(label));
  }

  isPreferred(label: number): boolean {
    return this.#preferred.has(this.find(label));
  }
}
