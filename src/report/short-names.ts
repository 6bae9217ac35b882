/**
 * Names of at most `longest` characters that stay distinct where they can: what all long ones begin with gives way first,
 * up to a separator, then the middle, since names of layers differ at their ends.
 */
export function shortNames(names: readonly string[], longest: number): string[] {
  const long = names.filter((name) => size(name) > longest);
  const shared = long.length > 1 ? sharedPath(long) : 0;
  return names.map((name) => {
    if (size(name) <= longest) return name;
    return cutMiddle(shared > 1 ? `…${name.slice(shared)}` : name, longest);
  });
}

/** Characters, where one outside of the basic plane counts once. */
const size = (text: string): number => [...text].length;

/** How many characters all names begin with, up to and without the last separator among them. */
function sharedPath(names: readonly string[]): number {
  const [first = '', ...rest] = names;
  let end = 0;
  while (end < first.length && rest.every((name) => name[end] === first[end])) end++;
  return Math.max(0, first.slice(0, end).search(/[/.:][^/.:]*$/));
}

function cutMiddle(text: string, longest: number): string {
  const characters = [...text];
  if (characters.length <= longest) return text;
  const head = Math.floor((longest - 1) / 3);
  return [...characters.slice(0, head), '…', ...characters.slice(head + 1 - longest)].join('');
}
