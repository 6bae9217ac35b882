import type { RemoteFailure } from '../agent/protocol.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours
const colours = /\u001b\[[\d;]*m/g;

/** `In[3]`, `In [3]`, with colours between: how IPython and our own kernel name a cell. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours
const cellNumber = /(?<=^|\s|\u001b\[[\d;]*m)In((?:\u001b\[[\d;]*m)* ?(?:\u001b\[[\d;]*m)*)\[(\d+)\]/g;

/**
 * How a cell failed in a kernel, with the numbers that its cells have here, and with the error's name and text in the
 * first line, where IPython draws a rule. `numbers`: the number here of each number there.
 */
export function failureOf(
  { ename, evalue, traceback }: RemoteFailure,
  numbers: ReadonlyMap<number, number>,
): RemoteFailure {
  const lines = traceback.flatMap((text) => text.split('\n')).map((line) => renumbered(line, numbers));
  const [first = ''] = lines;
  const plain = first.replaceAll(colours, '');
  const isRule = /^-{20,}$/.test(plain);
  const head = plain.startsWith(`${ename}`) ? [] : [`${ename}: ${evalue}`];
  return { ename, evalue, traceback: [...head, ...(isRule ? lines.slice(1) : lines)] };
}

const renumbered = (line: string, numbers: ReadonlyMap<number, number>): string =>
  line.replaceAll(cellNumber, (_, between: string, count: string) => {
    return `In${between}[${numbers.get(Number(count)) ?? count}]`;
  });
