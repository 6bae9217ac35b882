/** The UTF-16 position in `text` of a position that counts code points, as Jupyter's do. */
export function fromCodePoints(text: string, position: number): number {
  let index = 0;
  for (let left = position; left > 0 && index < text.length; left--)
    index += text.codePointAt(index)! > 0xffff ? 2 : 1;
  return index;
}

/** How many code points stand before a UTF-16 position in `text`. */
export function toCodePoints(text: string, index: number): number {
  let position = 0;
  for (let i = 0; i < index; position++) i += text.codePointAt(i)! > 0xffff ? 2 : 1;
  return position;
}
