import stringWidth from 'string-width';

/** Text of exactly so many columns: padded with blanks, or cut with an ellipsis. Wide letters count as two. */
export function fitted(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const width = stringWidth(text);
  if (width <= columns) {
    const blanks = ' '.repeat(columns - width);
    return align === 'left' ? text + blanks : blanks + text;
  }
  let cut = '';
  let used = 0;
  for (const letter of text) {
    const next = used + stringWidth(letter);
    if (next > columns - 1) break;
    cut += letter;
    used = next;
  }
  return `${cut}${columns > 0 ? '…' : ''}`.padEnd(Math.max(0, columns));
}
