import { UsageError } from '../src/errors.ts';
import type { Flag, Magic, ParsedLine, Positional } from './magic.ts';

type FlagValue = string | number | boolean;

/**
 * Reads `cnn --epochs 2 --calib=mnist` by the magic's own record. Flags not given have their default, switches
 * false. Every mistake is a UsageError that names the flag, what it must be and what it was.
 */
export function parseLine(magic: Magic, line: string, body?: string): ParsedLine {
  const { words, code } = splitCode(magic, line);
  const tokens = tokenize(magic, words).map((token) => withLongName(magic, token));
  const positionals: string[] = [];
  const given = new Map<string, FlagValue>();
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.quoted || !/^--[A-Za-z]/.test(token.text)) positionals.push(token.text);
    else if (readFlag(magic, tokens.slice(i), given)) i++;
  }
  if (code) positionals.push(code);
  checkPositionals(magic, positionals);
  const entries = magic.flags.map((flag) => [flag.name, given.get(flag.name) ?? absent(flag)] as const);
  return { positionals, flags: Object.fromEntries(entries), body };
}

/** `%train MODEL [DATA] [--epochs NUMBER]`, for error texts. */
export function usage(magic: Magic): string {
  const flags = magic.flags.map((flag) => `[${flagUsage(flag)}]`);
  return [`${sigil(magic)}${magic.name}`, ...magic.positionals.map(positionalUsage), ...flags].join(' ');
}

/** `MODEL`, or `[FILE]` if it may be left out. */
export function positionalUsage({ name, required, rest }: Positional): string {
  const word = name.toUpperCase() + (rest ? '...' : '');
  return required ? word : `[${word}]`;
}

/** `-n|--loops NUMBER`. */
export function flagUsage(flag: Flag): string {
  const names = `${flag.short ? `-${flag.short}|` : ''}--${flag.name}`;
  if (flag.kind === 'switch') return names;
  return flag.bare === undefined ? `${names} ${valueName(flag)}` : `${names} [${valueName(flag)}]`;
}

/** `%%` for a magic that takes the whole cell. */
export function sigil({ form }: Magic): string {
  return form === 'cell' ? '%%' : '%';
}

/** The code in the line of a magic that takes code, after its flags; it is the end of `line`. */
export const codeOf = (magic: Magic, line: string): string => splitCode(magic, line).code;

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** Parts the flags at the start of a line from the code after them. */
function splitCode(magic: Magic, line: string): { words: string; code: string } {
  if (!magic.positionals.at(-1)?.code) return { words: line, code: '' };
  let end = 0;
  for (;;) {
    const rest = line.slice(end);
    const [head, long, short, glued] =
      /^\s*(?:--([A-Za-z][\w-]*)|-([A-Za-z])([\w.]*))(?=[\s=]|$)/.exec(rest) ?? [];
    const flag = magic.flags.find((f) => (long ? f.name === long : short !== undefined && f.short === short));
    if (head === undefined || !flag) return { words: line.slice(0, end), code: rest.trim() };
    const value = flag.kind === 'switch' || glued ? /^/ : /^(?:=|\s+)\S+/;
    end += head.length + (value.exec(rest.slice(head.length))?.[0].length ?? 0);
  }
}

/** `-n10` and `-n 10` are read as `--loops`; a letter that no flag has stays an argument. */
function withLongName({ flags }: Magic, token: Token): Token {
  const [, letter, value] = (!token.quoted && /^-([A-Za-z])(.*)$/s.exec(token.text)) || [];
  const flag = flags.find(({ short }) => letter !== undefined && short === letter);
  if (!flag) return token;
  return { text: `--${flag.name}${value ? `=${value.replace(/^=/, '')}` : ''}`, quoted: false };
}

/** Words parted by blanks; '...' and "..." keep blanks, also within a word: `--name="a b"`. In "...", \" is " and \\ is \. */
function tokenize(magic: Magic, line: string): Token[] {
  return [...line.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'])+|["']/g)].map(([word]) => {
    if (word === '"' || word === "'")
      throw new UsageError(`%${magic.name}: a quote ${word} is not closed: ${line}`);
    const text = word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
      double === undefined ? single! : double.replace(/\\(["\\])/g, '$1'),
    );
    return { text, quoted: /^["']/.test(word) };
  });
}

/** Reads the flag that `tokens` begins with into `given`; true if the next token was its value. */
function readFlag(magic: Magic, tokens: readonly Token[], given: Map<string, FlagValue>): boolean {
  const [, name, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(tokens[0]!.text) ?? [];
  const flag = magic.flags.find((candidate) => candidate.name === name);
  if (!flag) {
    const known = magic.flags.map((candidate) => `--${candidate.name}`);
    throw UsageError.unknown(`flag of %${magic.name}`, `--${name}`, known);
  }
  if (given.has(flag.name)) throw new UsageError(`%${magic.name}: --${name} is given twice`);
  if (flag.kind === 'switch') {
    if (inline !== undefined) throw mistake(magic, flag, `--${name}=${inline}`);
    given.set(flag.name, true);
    return false;
  }
  const next =
    tokens[1] && (tokens[1].quoted || !tokens[1].text.startsWith('--')) ? tokens[1].text : undefined;
  const isBare = flag.bare !== undefined && (next === undefined || flag.choices?.includes(next) === false);
  if (inline === undefined && isBare) {
    given.set(flag.name, flag.bare!);
    return false;
  }
  const text = inline ?? next;
  if (text === undefined) throw mistake(magic, flag, 'nothing');
  given.set(flag.name, readValue(magic, flag, text));
  return inline === undefined;
}

function readValue(magic: Magic, flag: Flag, text: string): FlagValue {
  if (flag.kind === 'choice') {
    if (!flag.choices?.includes(text)) throw mistake(magic, flag, `'${text}'`);
    return text;
  }
  if (flag.kind === 'string') return text;
  const number = Number(text);
  const fits =
    Number.isFinite(number) &&
    (flag.min === undefined || number >= flag.min) &&
    (!flag.integer || Number.isInteger(number));
  if (text.trim() === '' || !fits) throw mistake(magic, flag, `'${text}'`);
  return number;
}

function mistake(magic: Magic, flag: Flag, was: string): UsageError {
  const must = {
    switch: 'takes no value',
    number: `must be a ${flag.integer ? 'whole ' : ''}number${flag.min === undefined ? '' : ` of ${flag.min} or more`}`,
    string: 'needs a value',
    choice: `must be one of ${flag.choices?.join(', ')}`,
  }[flag.kind];
  return new UsageError(`%${magic.name}: --${flag.name} ${must}, was ${was}. ${flag.summary}`);
}

function valueName(flag: Flag): string {
  return flag.kind === 'choice' ? (flag.choices ?? []).join('|') : flag.kind.toUpperCase();
}

function absent(flag: Flag): FlagValue | undefined {
  return flag.default ?? (flag.kind === 'switch' ? false : undefined);
}

function checkPositionals(magic: Magic, given: readonly string[]): void {
  const { positionals } = magic;
  const missing = positionals.find((positional, i) => positional.required && i >= given.length);
  if (missing)
    throw new UsageError(
      `%${magic.name} needs ${missing.name.toUpperCase()}: ${missing.summary}. Usage: ${usage(magic)}`,
    );
  if (given.length > positionals.length && !positionals.at(-1)?.rest)
    throw new UsageError(
      `%${magic.name} takes ${positionals.length || 'no'} argument${positionals.length === 1 ? '' : 's'}, ` +
        `'${given[positionals.length]}' is one too many. Usage: ${usage(magic)}`,
    );
}
