import type { EncodeEntry, Mark as VegaMark } from 'vega';

/** A Vega mark in a group of its own, which brings its rows inline. */
export function vegaGroup(
  name: string,
  rows: readonly object[],
  mark: { readonly type: VegaMark['type']; readonly enter: EncodeEntry },
): VegaMark {
  const inner = { type: mark.type, from: { data: 'rows' }, encode: { enter: mark.enter } } as VegaMark;
  return { type: 'group', name, data: [{ name: 'rows', values: [...rows] }], marks: [inner] };
}
