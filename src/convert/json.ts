import { ModelError } from '../errors.ts';

/** A value of a JSON file that knows where it is. Every reading of it throws ModelError if it is of another type. */
export class Json {
  readonly value: unknown;
  readonly where: string;

  constructor(value: unknown, where: string) {
    this.value = value;
    this.where = where;
  }

  /** Throws ModelError, naming the file, if the bytes are no JSON. */
  static parse(text: string, where: string): Json {
    try {
      return new Json(JSON.parse(text), where);
    } catch (cause) {
      throw new ModelError(`${where} must be JSON: ${(cause as Error).message}`, { cause });
    }
  }

  /** The member of an object; throws ModelError if it is absent. */
  get(key: string): Json {
    return this.optional(key) ?? this.#fail(`have '${key}'`);
  }

  /** The member of an object; undefined if it is absent or null. */
  optional(key: string): Json | undefined {
    const record = this.record();
    const value = Object.hasOwn(record, key) ? record[key] : undefined;
    return value === undefined || value === null ? undefined : new Json(value, `${this.where}.${key}`);
  }

  record(): Readonly<Record<string, unknown>> {
    const { value } = this;
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
    return this.#fail('be an object');
  }

  entries(): [string, Json][] {
    return Object.entries(this.record()).map(([key, value]) => [
      key,
      new Json(value, `${this.where}.${key}`),
    ]);
  }

  list(): Json[] {
    if (!Array.isArray(this.value)) return this.#fail('be a list');
    return this.value.map((value, i) => new Json(value, `${this.where}[${i}]`));
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.#fail('be a text');
  }

  /** A text that is not empty. */
  name(): string {
    return this.text() || this.#fail('be a name');
  }

  /** A finite number; TensorFlow writes 64-bit ones as texts. */
  number(): number {
    const { value } = this;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : this.#fail('be a number');
  }

  integer(): number {
    const number = this.number();
    return Number.isSafeInteger(number) ? number : this.#fail('be a whole number');
  }

  boolean(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.#fail('be true or false');
  }

  integers(): number[] {
    return this.list().map((item) => item.integer());
  }

  /** Sizes of a tensor: whole numbers from 0. */
  sizes(): number[] {
    const sizes = this.integers();
    return sizes.every((size) => size >= 0) ? sizes : this.#fail('have sizes from 0');
  }

  /** One of some words. */
  choice<T extends string>(...words: readonly T[]): T {
    const text = this.text();
    return words.find((word) => word === text) ?? this.#fail(`be ${words.join(' or ')}`);
  }

  #fail(what: string): never {
    const text = JSON.stringify(this.value) ?? 'absent';
    throw new ModelError(
      `${this.where} must ${what}, is ${text.length > 60 ? `${text.slice(0, 60)}...` : text}`,
    );
  }
}
