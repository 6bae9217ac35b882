import { type InspectOptions, inspect, types } from 'node:util';

/** Children shown of one object; `inspect` itself cuts arrays, maps, sets and strings. */
const shownKeys = 100;
/** What `inspect` may have to print before a value is shown less deep. */
const maxNodes = 5000;
/** Levels that `inspect` enters. */
const depth = 2;
const longestText = 50_000;

/** A value as text without colours, as `util.inspect` has it; what is large is cut, with a note of how much. */
export function inspectValue(value: unknown, options: InspectOptions = {}): string {
  if (typeof value !== 'object' || value === null || types.isProxy(value))
    return limit(inspect(value, options));
  const budget = { left: maxNodes };
  const cut = cutKeys(value, depth, budget);
  const shallow = budget.left <= 0 ? { depth: 1, maxArrayLength: 30 } : {};
  return limit(inspect(cut, { ...shallow, ...options }));
}

/** `text` with at most 50,000 characters. */
export function limit(text: string): string {
  if (text.length <= longestText) return text;
  const more = (text.length - longestText).toLocaleString('en-US');
  return `${text.slice(0, longestText)}\n... ${more} more characters`;
}

/** The value itself, or a copy of it in which objects with many keys have the first ones only. */
function cutKeys(value: object, levels: number, budget: { left: number }): object {
  const keys = Array.isArray(value) ? undefined : Object.keys(value);
  const shown = keys ?? Array.from((value as unknown[]).slice(0, shownKeys), (_, i) => String(i));
  const isLong = keys !== undefined && keys.length > shownKeys && !isCutByInspect(value);
  budget.left -= Math.min(shown.length, shownKeys);
  const copies = levels > 0 ? cutChildren(value, shown, { levels, budget }) : new Map<string, object>();
  if (!isLong && copies.size === 0) return value;
  return copyWith(value, { keys: isLong ? keys : undefined, copies });
}

/** What `inspect` does not print key by key. */
function isCutByInspect(value: object): boolean {
  return (
    ArrayBuffer.isView(value) ||
    typeof (value as { [inspect.custom]?: unknown })[inspect.custom] === 'function'
  );
}

interface Walk {
  readonly levels: number;
  readonly budget: { left: number };
}

/** The children that had to be cut, by key. Getters are not called. */
function cutChildren(value: object, keys: readonly string[], { levels, budget }: Walk): Map<string, object> {
  const copies = new Map<string, object>();
  if (ArrayBuffer.isView(value)) return copies;
  for (const key of keys.slice(0, shownKeys)) {
    if (budget.left <= 0) break;
    const child: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
    if (typeof child !== 'object' || child === null || types.isProxy(child)) continue;
    const cut = cutKeys(child, levels - 1, budget);
    if (cut !== child) copies.set(key, cut);
  }
  return copies;
}

interface Cuts {
  /** All keys of an object that has too many of them. */
  readonly keys: readonly string[] | undefined;
  readonly copies: ReadonlyMap<string, object>;
}

function copyWith(value: object, { keys, copies }: Cuts): object {
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? value.slice()
    : Object.create(Object.getPrototypeOf(value));
  const kept = keys?.slice(0, shownKeys) ?? Reflect.ownKeys(value);
  for (const key of kept) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    if (descriptor && !(Array.isArray(value) && key === 'length'))
      Object.defineProperty(copy, key, descriptor);
  }
  for (const [key, child] of copies)
    Object.defineProperty(copy, key, { value: child, enumerable: true, configurable: true });
  if (keys) Object.defineProperty(copy, moreKeys(keys.length), { value: more, enumerable: true });
  return copy;
}

const moreKeys = (count: number): string => `... ${(count - shownKeys).toLocaleString('en-US')} more keys`;
const more = { [inspect.custom]: () => '...' };
