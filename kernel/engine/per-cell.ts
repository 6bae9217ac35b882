import { currentOrigin } from './origin.ts';

/** A variable of which every cell of a subshell has its own; all other code shares one, as main cells never overlap. */
export class PerCell<T> {
  #shared: T | undefined;
  readonly #own = new WeakMap<object, T | undefined>();

  get value(): T | undefined {
    const cell = currentOrigin()?.cell;
    return cell ? this.#own.get(cell) : this.#shared;
  }

  set value(value: T | undefined) {
    const cell = currentOrigin()?.cell;
    if (cell) this.#own.set(cell, value);
    else this.#shared = value;
  }
}
