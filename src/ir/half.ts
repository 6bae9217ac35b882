/** The number of an IEEE 754 binary16 pattern; exact. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Binary16 patterns as float32; exact. */
export const halfToFloat = (bits: Uint16Array): Float32Array => Float32Array.from(bits, halfToNumber);

const asFloat = new Float32Array(1);
const asBits = new Uint32Array(asFloat.buffer);

/** The binary16 pattern nearest to a float32 number, half to even; infinity from 65520 on, as IEEE 754 rounds. */
export function halfOf(x: number): number {
  asFloat[0] = x;
  const bits = asBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(asFloat[0]);
  if (Number.isNaN(magnitude)) return sign | 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(((bits >>> 23) & 0xff) - 127, -14);
  const steps = magnitude / 2 ** (exponent - 10);
  const floor = Math.floor(steps);
  const rest = steps - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0;
  // A carry out of the fraction adds 1 to the exponent, which is what it should do.
  return sign | (((exponent + 14) << 10) + floor + up);
}

/** The bfloat16 pattern nearest to a float32 number, half to even. */
export function bfloatOf(x: number): number {
  asFloat[0] = x;
  const bits = asBits[0]!;
  if (Number.isNaN(x)) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** The number of a bfloat16 pattern; exact. */
export function bfloatToNumber(pattern: number): number {
  asBits[0] = pattern << 16;
  return asFloat[0]!;
}
