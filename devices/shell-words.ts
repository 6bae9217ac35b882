/** Words that a POSIX shell reads back as these very arguments. */
export const shellWords = (argv: readonly string[]): string => argv.map(quoted).join(' ');

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A command as messages name it: short, on one line. */
export function commandText(argv: readonly string[]): string {
  const text = shellWords(argv).replaceAll(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
