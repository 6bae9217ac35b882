const units = [
  ['s', 1e3],
  ['ms', 1],
  ['µs', 1e-3],
  ['ns', 1e-6],
] as const;

/** A duration in ms as people read it, with three significant digits: `1.25 s`, `830 µs`, `2min 5s`. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 60_000) return minutes(Math.round(milliseconds / 1e3));
  const [name, size] = units.find(([, size]) => milliseconds >= size) ?? units.at(-1)!;
  return `${Number((milliseconds / size).toPrecision(3))} ${name}`;
}

function minutes(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([value, name]) => (value > 0 ? [`${value}${name}`] : [])).join(' ');
}
