import { UsageError } from '../errors.ts';
import { type Quantity, quantities } from './quantity.ts';

/** One limit that a model must keep. */
export interface Constraint {
  readonly quantity: Quantity;
  /** Whether the limit itself is allowed. */
  readonly inclusive: boolean;
  /** ms, bytes, a fraction of the accuracy or a count; of the original model's value if `relative`. */
  readonly limit: number;
  readonly relative: boolean;
  /** Where it is measured; undefined for what is the same everywhere. */
  readonly device: string | undefined;
  /** As the user wrote it. */
  readonly text: string;
}

/** What a search must reach: all of its limits. */
export type Budget = readonly Constraint[];

export const localDevice = 'local';

/**
 * Reads `latency<5ms@jetson, size<500kB, drop<1%`: limits with commas between, each a quantity, `<`, `<=`, `>` or `>=`, a
 * number with its unit, and for latency and memory a device (default `local`). A limit in % or × of anything but
 * accuracy is relative to the original model. Throws UsageError that names what is wrong and what would do.
 */
export function parseBudget(text: string): Budget {
  const parts = text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter(Boolean);
  if (parts.length === 0)
    throw new UsageError(
      `A budget must have a limit, was empty: for example '${quantities[0]!.example}, size<500kB, drop<1%'`,
    );
  const budget = parts.map(parseConstraint);
  budget.forEach((constraint, i) => {
    const twin = budget.slice(0, i).find((other) => isSame(other, constraint));
    if (twin)
      throw new UsageError(`The budget limits ${subjectOf(twin)} twice: ${twin.text} and ${constraint.text}`);
  });
  return budget;
}

const isSame = (a: Constraint, b: Constraint): boolean => a.quantity === b.quantity && a.device === b.device;

export const isLatency = ({ quantity }: Constraint): boolean => quantity.name === 'latency';

/** Whether a limit is a share of the original's time, which is measured beside each network then. */
export const isLatencyShare = (constraint: Constraint): boolean =>
  constraint.relative && isLatency(constraint);

/** `latency on local`. */
export const subjectOf = ({ quantity, device }: Constraint): string =>
  device === undefined ? quantity.name : `${quantity.name} on ${device}`;

function parseConstraint(text: string): Constraint {
  const [, name, relation, rest] = /^([A-Za-z]+)\s*(<=|>=|≤|≥|<|>|==?)\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || relation === undefined || rest === undefined)
    throw new UsageError(
      `A limit of a budget must be a quantity, < or >, and a number with its unit, as in ${quantities[0]!.example}, was '${text}'`,
    );
  const quantity = quantities.find((candidate) => candidate.name === name.toLowerCase());
  if (!quantity)
    throw UsageError.unknown(
      'quantity of a budget',
      name,
      quantities.map((candidate) => candidate.name),
    );
  checkRelation(quantity, relation, text);
  const [, amount = '', device] = /^([^@]*?)\s*(?:@\s*(\S+))?$/.exec(rest) ?? [];
  if (device !== undefined && !quantity.isOfDevice)
    throw new UsageError(
      `'${text}': ${quantity.name} is the same on every device, leave @${device} out of the budget`,
    );
  return {
    ...{ quantity, text, ...parseAmount(quantity, amount, text) },
    inclusive: /[=≤≥]/.test(relation),
    device: quantity.isOfDevice ? (device ?? localDevice) : undefined,
  };
}

function checkRelation({ name, good, example }: Quantity, relation: string, text: string): void {
  const wanted = good === 'below' ? /^[<≤]/ : /^[>≥]/;
  if (wanted.test(relation)) return;
  throw new UsageError(
    `'${text}': a budget must limit ${name} from ${good === 'below' ? 'above by <' : 'below by >'}, as in ${example}, was ${relation}`,
  );
}

/** The number in the quantity's own unit, or as a share of the original's. */
function parseAmount(quantity: Quantity, amount: string, text: string) {
  const [, digits, unit] = /^(\d+\.?\d*|\.\d+)\s*([^\s\d]*)$/.exec(amount) ?? [];
  if (digits === undefined || unit === undefined)
    throw new UsageError(
      `'${text}': the limit must be a number with its unit, as in ${quantity.example}, was '${amount}'`,
    );
  const limit = Number(digits);
  const share = quantity.isRelative ? { '%': 0.01, x: 1, '×': 1 }[unit] : undefined;
  const factor = share ?? (Object.hasOwn(quantity.units, unit) ? quantity.units[unit] : undefined);
  if (factor === undefined) throw new UsageError(`'${text}': ${unitMistake(quantity, unit)}`);
  const value = limit * factor;
  checkRange(quantity, { value, share: share !== undefined }, text);
  return { limit: value, relative: share !== undefined };
}

function unitMistake({ name, units, isRelative, example }: Quantity, unit: string): string {
  const shares = isRelative ? ", or % of the original model's" : '';
  const known = `${Object.keys(units).filter(Boolean).join(', ')}${shares}, as in ${example}`;
  return unit === ''
    ? `${name} needs a unit: ${known}`
    : `'${unit}' is no unit of ${name}. It may have ${known}`;
}

function checkRange(
  { name, example }: Quantity,
  { value, share }: { value: number; share: boolean },
  text: string,
): void {
  if (!share && (name === 'macs' || name === 'params') && value < 1)
    throw new UsageError(
      `'${text}': a limit of ${name} below 1 must be a share of the original model's: write 50% or 0.5x`,
    );
  const isFraction = name === 'drop' || name === 'accuracy';
  const most = isFraction || share ? 1 : Infinity;
  // A drop of nothing is a limit, a size of nothing none.
  const isInRange = (value > 0 || name === 'drop') && value <= most;
  if (isInRange) return;
  const range = most === 1 ? 'more than 0 and at most 100 %' : 'more than 0';
  throw new UsageError(`'${text}': ${name} must be limited to ${range}, as in ${example}`);
}
