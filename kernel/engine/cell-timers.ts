import { AsyncLocalStorage } from 'node:async_hooks';

type Timer = NodeJS.Timeout | NodeJS.Immediate;
type SetTimer = (callback: (...values: unknown[]) => void, ...rest: unknown[]) => Timer;
type ClearTimer = (timer?: unknown) => void;

/**
 * The timers that a cell has set and that have not fired. A cell that is interrupted while it waits for one would else
 * go on when it fires, in the midst of later cells.
 */
export class CellTimers {
  /** How to clear each; undefined when the cell is over: its timers are then on their own. */
  #waiting: Map<unknown, ClearTimer> | undefined = new Map();

  add(timer: Timer, clear: ClearTimer): void {
    this.#waiting?.set(timer, clear);
  }

  delete(timer: unknown): void {
    this.#waiting?.delete(timer);
  }

  stop(): void {
    for (const [timer, clear] of this.#waiting ?? []) clear(timer);
    this.forget();
  }

  forget(): void {
    this.#waiting = undefined;
  }
}

const owner = new AsyncLocalStorage<CellTimers>();

/** Runs `work`, whose timers are `timers`' from now on. */
export function withTimers<T>(timers: CellTimers, work: () => T): T {
  return owner.run(timers, work);
}

/** Replaces the global timers by ones that know which cell has set them. */
export function installCellTimers(): void {
  replaceTimer('setTimeout', 'clearTimeout');
  replaceTimer('setInterval', 'clearInterval');
  replaceTimer('setImmediate', 'clearImmediate');
}

type GlobalName =
  | 'setTimeout'
  | 'setInterval'
  | 'setImmediate'
  | 'clearTimeout'
  | 'clearInterval'
  | 'clearImmediate';

function replaceTimer(set: GlobalName, clear: GlobalName): void {
  const nativeSet = globalThis[set] as unknown as SetTimer;
  const nativeClear = globalThis[clear] as ClearTimer;
  const fires = set !== 'setInterval';
  const ownSet: SetTimer = (callback, ...rest) => {
    const timers = owner.getStore();
    if (!timers || typeof callback !== 'function') return nativeSet(callback, ...rest);
    const timer = nativeSet(
      function (this: unknown, ...values: unknown[]) {
        if (fires) timers.delete(timer);
        callback.apply(this, values);
      },
      ...rest,
    );
    timers.add(timer, nativeClear);
    return timer;
  };
  const ownClear: ClearTimer = (timer) => {
    owner.getStore()?.delete(timer);
    nativeClear(timer);
  };
  replaceGlobal(set, ownSet);
  replaceGlobal(clear, ownClear);
}

/** The replacement has the name and the properties of what it replaces, `util.promisify.custom` among them. */
function replaceGlobal(name: GlobalName, replacement: object): void {
  Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(globalThis[name]));
  Object.assign(globalThis, { [name]: replacement });
}
