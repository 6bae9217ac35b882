/** A Float32Array that grows at its end, by doubling. */
export class GrowingFloats {
  #data = new Float32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#data.length) this.#grow();
    this.#data[this.length++] = value;
  }

  /** What was pushed, without the spare room. */
  done(): Float32Array {
    return this.#data.slice(0, this.length);
  }

  /** Forgets all from `length` on. */
  cut(length: number): void {
    this.length = length;
  }

  #grow(): void {
    const larger = new Float32Array(this.#data.length * 2);
    larger.set(this.#data);
    this.#data = larger;
  }
}
