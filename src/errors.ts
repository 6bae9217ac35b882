/** A mistake in what the user asked for. Shown as one line, without a stack. */
export class UsageError extends Error {
  override name = 'UsageError';

  /** `name`, with the nearest of `candidates` as a hint if one is near enough. */
  static unknown(what: string, name: string, candidates: Iterable<string>): UsageError {
    const list = [...candidates];
    const near = nearest(name, list);
    const hint = near ? `Did you mean '${near}'?` : `Known: ${list.join(', ') || 'none yet'}.`;
    return new UsageError(`Unknown ${what} '${name}'. ${hint}`);
  }
}

/** A model that is malformed, or that an algorithm cannot treat. Names the operator, node and value where known. */
export class ModelError extends Error {
  override name = 'ModelError';
  readonly op: string | undefined;
  readonly node: string | undefined;
  readonly value: string | undefined;

  constructor(message: string, where: { op?: string; node?: string; value?: string; cause?: unknown } = {}) {
    super(message, where.cause === undefined ? undefined : { cause: where.cause });
    this.op = where.op;
    this.node = where.node;
    this.value = where.value;
  }
}

/** A device that failed or refused. Names the device and the command. */
export class DeviceError extends Error {
  override name = 'DeviceError';
  readonly device: string;
  readonly command: string | undefined;

  constructor(message: string, where: { device: string; command?: string; cause?: unknown }) {
    super(message, where.cause === undefined ? undefined : { cause: where.cause });
    this.device = where.device;
    this.command = where.command;
  }
}

/** Where an error holds the lines that a front end shows of it, if they come from elsewhere. */
export const tracebackSymbol: unique symbol = Symbol.for('edgebook.traceback') as never;

/** The candidate at the smallest edit distance from `name`, if that is at most a third of its length. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Optimal string alignment distance: insert, delete, substitute, swap neighbours. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(substitute, rows[i - 1]![j]! + 1, row[j - 1]! + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
