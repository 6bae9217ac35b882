import { Report, type Row } from '../report.ts';

/** One operator of the source and what was written for it. */
interface OperatorRow extends Row {
  readonly operator: string;
  readonly count: number;
  readonly onnx: string;
}

/** Counts operators of the source and the ONNX operators that they became. */
export class Tally {
  readonly #rows = new Map<string, { count: number; onnx: Set<string> }>();

  add(operator: string, onnx: Iterable<string>): void {
    const row = this.#rows.get(operator) ?? { count: 0, onnx: new Set() };
    row.count++;
    for (const opType of onnx) row.onnx.add(opType);
    this.#rows.set(operator, row);
  }

  /** The most frequent first. */
  rows(): OperatorRow[] {
    const list = Array.from(this.#rows, ([operator, { count, onnx }]) => ({
      operator,
      count,
      onnx: onnx.size ? [...onnx].join(', ') : '(constants or nothing)',
    }));
    return list.sort((a, b) => b.count - a.count || a.operator.localeCompare(b.operator));
  }
}

/** The report on an import: a row an operator, with the weights in the title. */
export function importReport(init: {
  readonly title: string;
  readonly tally: Tally;
  readonly notes: Iterable<string>;
}): Report<OperatorRow> {
  return new Report({
    title: init.title,
    columns: [
      { key: 'operator', header: 'operator' },
      { key: 'count', header: 'count' },
      { key: 'onnx', header: 'became', wrap: 60 },
    ],
    rows: init.tally.rows(),
    warnings: [...init.notes],
  });
}
