/** 1.5 * 2^52: what is added to it keeps no fraction, and float64 rounds half to even. */
const integersOnly = 6755399441055744;

/** The nearest whole number, the even one of two, for |x| < 2^51. As `cvtps2dq` and `nearbyintf` round. */
export const halfToEven = (x: number): number => x + integersOnly - integersOnly;

/** float32 `a * b + c` rounded once. Exact for 8-bit `a` unless `c` is smaller than `a * b` by 2^20 or more. */
export const fusedMultiplyAdd = (a: number, b: number, c: number): number => Math.fround(a * b + c);

export const clamp = (x: number, min: number, max: number): number => (x < min ? min : x > max ? max : x);
