/** Advance widths of Inter in units of the font size, by class of character; enough to lay labels out. */
const widths: readonly { readonly chars: RegExp; readonly width: number }[] = [
  { chars: /[iljI.,:;'|! ]/u, width: 0.28 },
  { chars: /[frt()[\]/-]/u, width: 0.38 },
  { chars: /[mwMW@%]/u, width: 0.88 },
  { chars: /[\dA-Z_=+×±−<>~]/u, width: 0.66 },
  {
    chars: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u,
    width: 1,
  },
];
const otherwise = 0.58;

/** About how wide `text` is at font size `size`, in the unit of `size`. */
export function textWidth(text: string, size: number): number {
  const width = (char: string) => widths.find(({ chars }) => chars.test(char))?.width ?? otherwise;
  return [...text].reduce((sum, char) => sum + width(char), 0) * size;
}

/** Breaks `text` between words into lines at most `width` wide. */
export function wrapText(
  text: string,
  { size, width }: { readonly size: number; readonly width: number },
): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length === 0 || textWidth(longer, size) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
