export const giga = (value: number): number => value * 1e9;
export const tera = (value: number): number => value * 1e12;

/** Of memory sizes: powers of two, as data sheets count them. */
export const kibi = (value: number): number => value * 2 ** 10;
export const mebi = (value: number): number => value * 2 ** 20;
export const gibi = (value: number): number => value * 2 ** 30;
