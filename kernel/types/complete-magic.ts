import type { Completes, Flag, Magic, Positional } from '../../magics/magic.ts';
import { completePath } from './complete-path.ts';
import { magicLineAt } from './magic-place.ts';
import type { NotebookNames } from './notebook-names.ts';
import type { Completion, CompletionMatch } from './types-protocol.ts';

export interface MagicQuestion {
  readonly code: string;
  readonly position: number;
  readonly magics: readonly Magic[];
  readonly cwd: string;
  readonly names: NotebookNames;
}

/** What may stand in the line of a magic, from the magic's record; undefined if the cursor is in no such line. */
export function completeMagic(question: MagicQuestion): Completion | undefined {
  const { code, position, magics } = question;
  const lineStart = code.lastIndexOf('\n', position - 1) + 1;
  const begun = /(?:^|=)\s*(%{1,2})(\w*(?:-\w*)*)$/.exec(code.slice(lineStart, position));
  if (begun && (begun[2] === '' || magicLineAt(code, position, magics)))
    return magicNames(question, begun[2]!);
  const line = magicLineAt(code, position, magics);
  const magic = magics.find(({ name }) => name === line?.name);
  if (!line) return undefined;
  if (!magic || line.before === undefined) return { start: position, end: position, matches: [] };
  return completeArgument(question, magic, line.before);
}

function magicNames({ position, magics }: MagicQuestion, typed: string): Completion {
  const matches = magics
    .filter(({ name }) => name.startsWith(typed))
    .map(({ name, summary }) => ({ text: name, type: 'magic', signature: summary }));
  return { start: position - typed.length, end: position, matches };
}

function completeArgument(question: MagicQuestion, magic: Magic, before: string): Completion {
  const words = before.split(/\s+/).slice(1);
  const word = words.at(-1) ?? '';
  const earlier = words.slice(0, -1);
  const inline = /^--([\w-]+)=(.*)$/.exec(word);
  if (inline) return values(question, inline[2]!, sourceOf(flagOf(magic, `--${inline[1]}`)));
  const previous = flagOf(magic, earlier.at(-1) ?? '');
  if (previous && previous.kind !== 'switch') return values(question, word, sourceOf(previous));
  const flags = magic.flags
    .filter(({ name }) => !earlier.some((given) => given === `--${name}` || given.startsWith(`--${name}=`)))
    .map((flag) => ({ text: `--${flag.name}`, type: 'keyword', signature: flag.summary }));
  if (word.startsWith('-')) return fitting(question, word, flags);
  const completion = values(question, word, sourceOf(positionalAt(magic, earlier)));
  return word === '' ? { ...completion, matches: [...completion.matches, ...flags] } : completion;
}

const flagOf = (magic: Magic, word: string): Flag | undefined =>
  magic.flags.find(({ name, short }) => word === `--${name}` || (short && word === `-${short}`));

/** The positional that comes after these words. */
function positionalAt(magic: Magic, words: readonly string[]): Positional | undefined {
  const given = words.filter((word, i) => {
    const previous = flagOf(magic, words[i - 1] ?? '');
    return !word.startsWith('--') && !flagOf(magic, word) && !(previous && previous.kind !== 'switch');
  });
  const last = magic.positionals.at(-1);
  return magic.positionals[given.length] ?? (last?.rest ? last : undefined);
}

interface ValueSource {
  readonly completes: Completes | undefined;
  readonly choices: readonly string[];
}

const sourceOf = (argument: Flag | Positional | undefined): ValueSource => ({
  completes: argument?.completes,
  choices: argument?.choices ?? [],
});

function values(question: MagicQuestion, typed: string, { completes, choices }: ValueSource): Completion {
  const { cwd, position, names, magics } = question;
  const quoted = typed.replace(/^["']/, '');
  if (completes === 'file' || completes === 'folder' || quoted !== typed)
    return completePath(quoted, { cwd, end: position, onlyFolders: completes === 'folder' });
  const known = completes === 'magic' ? magics.map(({ name }) => name) : completes ? names.of(completes) : [];
  const matches = [...new Set([...known, ...choices])].map((text) => ({ text, type: completes ?? 'value' }));
  const last = typed.slice(typed.lastIndexOf(',') + 1);
  return fitting(question, completes === 'magic' ? typed.replace(/^%+/, '') : last, matches);
}

function fitting(
  { position }: MagicQuestion,
  typed: string,
  matches: readonly CompletionMatch[],
): Completion {
  const fit = matches.filter(({ text }) => text.startsWith(typed));
  return { start: position - typed.length, end: position, matches: fit };
}
