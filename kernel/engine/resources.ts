import { PerCell } from './per-cell.ts';

/** What the cell's top-level `using` declarations hold. */
const held = new PerCell<AsyncDisposableStack>();

/** Keeps `resource` until the cell ends; returns it. Throws TypeError if it has no method to dispose of it. */
export function use<T>(resource: T, kind: 'using' | 'await using'): T {
  held.value ??= new AsyncDisposableStack();
  const stack = held.value;
  if (kind === 'await using') {
    stack.use(resource as AsyncDisposable);
  } else if (resource !== null && resource !== undefined) {
    const dispose = (resource as Partial<Disposable>)[Symbol.dispose];
    if (typeof dispose !== 'function')
      throw new TypeError('A value declared with using must have a method [Symbol.dispose]()');
    stack.defer(() => dispose.call(resource));
  }
  return resource;
}

export function holdsResources(): boolean {
  return held.value !== undefined;
}

/** Disposes of all, last first. Throws what they throw: several errors as one SuppressedError. */
export async function dispose(): Promise<void> {
  const all = held.value;
  held.value = undefined;
  await all?.disposeAsync();
}
