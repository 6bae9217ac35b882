import { usage } from '../../magics/arguments.ts';
import type { Flag, Magic } from '../../magics/magic.ts';
import { magicLineAt } from './magic-place.ts';
import type { Explanation } from './types-protocol.ts';

/** The cursor on a known magic. */
export interface MagicPlace {
  readonly magic: Magic;
  /** The argument under the cursor, without dashes or quotes of its own; undefined on the name. */
  readonly word: string | undefined;
}

/** The magic whose line the cursor is in, and the word under the cursor. */
export function magicAt(code: string, position: number, magics: readonly Magic[]): MagicPlace | undefined {
  const line = magicLineAt(code, position, magics);
  const magic = magics.find(({ name }) => name === line?.name);
  if (!line || !magic) return undefined;
  if (line.before === undefined) return { magic, word: undefined };
  const after = /^\S*/.exec(code.slice(position))![0];
  return { magic, word: /\S*$/.exec(line.before)![0] + after };
}

/** Help made of the record: of the flag under the cursor, else of the whole magic. */
export function explainMagic({ magic, word }: MagicPlace): Explanation {
  const name = /^--([\w-]+)/.exec(word ?? '')?.[1];
  const flag = magic.flags.find((candidate) => candidate.name === name);
  return flag ? explainFlag(flag) : explain(magic);
}

function explainFlag(flag: Flag): Explanation {
  const text = `${flagUsage(flag)}\n\n${meaning(flag)}`;
  return { text, markdown: `\`${flagUsage(flag)}\`\n\n${meaning(flag)}` };
}

function explain(magic: Magic): Explanation {
  const positionals = magic.positionals.map(({ name, summary }) => [name.toUpperCase(), summary] as const);
  const flags = magic.flags.map((flag) => [flagUsage(flag), meaning(flag)] as const);
  const all = [...positionals, ...flags];
  const width = Math.max(0, ...all.map(([what]) => what.length));
  const examples = magic.examples.length > 0 ? ['**Examples**', fenced(magic.examples.join('\n'))] : [];
  const markdown = [
    fenced(usage(magic)),
    magic.summary,
    all.map(([what, summary]) => `- \`${what}\`: ${summary}`).join('\n'),
    ...examples,
    `Result: \`${magic.result}\``,
  ];
  const text = [
    usage(magic),
    magic.summary,
    all.map(([what, summary]) => `  ${what.padEnd(width)}  ${summary}`).join('\n'),
    magic.examples.length > 0 ? `Examples:\n${magic.examples.map((line) => `  ${line}`).join('\n')}` : '',
    `Result: ${magic.result}`,
  ];
  const join = (parts: readonly string[]) => parts.filter((part) => part !== '').join('\n\n');
  return { markdown: join(markdown), text: join(text) };
}

const fenced = (code: string): string => `\`\`\`\n${code}\n\`\`\``;

const meaning = ({ summary, default: value }: Flag): string =>
  value === undefined ? summary : `${summary} (default: ${value})`;

function flagUsage({ name, kind, choices }: Flag): string {
  if (kind === 'switch') return `--${name}`;
  return `--${name} ${choices ? choices.join('|') : kind.toUpperCase()}`;
}
