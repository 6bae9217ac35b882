import type { Model } from '../ir/index.ts';
import { Report } from '../report.ts';
import { operators } from './compare-operators.ts';
import { findSilu } from './recognize-activations.ts';

/** How often a rule of a pass applied in one round. */
export interface Application {
  readonly pass: string;
  readonly rule: string;
  readonly times: number;
}

interface Outcome {
  readonly before: Model;
  readonly after: Model;
  readonly applications: readonly Application[];
  readonly rounds: number;
  readonly warnings: readonly string[];
  readonly name: string | undefined;
}

/** What the passes did, rule by rule, and the operators before and after. */
export function optimizeReport({ before, after, applications, rounds, warnings, name }: Outcome): Report {
  const sums = new Map<string, { pass: string; rule: string; times: number }>();
  for (const { pass, rule, times } of applications) {
    const key = `${pass}\n${rule}`;
    sums.set(key, { pass, rule, times: times + (sums.get(key)?.times ?? 0) });
  }
  const [old, now] = [operators(before), operators(after)];
  const silu = findSilu(after.graph).length;
  return new Report({
    title: `${name ?? before.graph.name}: ${sum(old)} → ${sum(now)} nodes in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`,
    columns: [
      { key: 'pass', header: 'pass' },
      { key: 'rule', header: 'what' },
      { key: 'times', header: 'times' },
    ],
    rows: [...sums.values()],
    charts: [operatorTable(old, now)],
    warnings: silu
      ? [...warnings, `${silu} Silu stay as x * Sigmoid(x): operator set ${after.opset} has no name for it`]
      : warnings,
  });
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);

function operatorTable(old: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): Report {
  const names = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  const rows = names.map((operator) => {
    const [before, after] = [old.get(operator) ?? 0, now.get(operator) ?? 0];
    return { operator, before, after, change: after - before };
  });
  return new Report({
    title: 'Operators',
    columns: [
      { key: 'operator', header: 'operator' },
      { key: 'before', header: 'before' },
      { key: 'after', header: 'after' },
      { key: 'change', header: 'change', signed: true },
    ],
    rows: rows.toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change)),
  });
}
