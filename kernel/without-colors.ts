/** Text as it reads without the escape sequences of a terminal's colours. */
export function withoutColors(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  return text.replace(/\u001b\[[\d;]*m/g, '');
}
