/** Gives text a colour `#rrggbb`; none where it is undefined. */
export type TextPaint = (text: string, color: string | undefined) => string;

export const plain: TextPaint = (text) => text;

/** 24-bit colours of a terminal (ITU-T T.416). */
export const colored: TextPaint = (text, color) => {
  if (color === undefined || text.trim() === '') return text;
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return `\u001b[38;2;${red};${green};${blue}m${text}\u001b[39m`;
};

export interface TextSettings {
  /** In characters. */
  readonly width: number;
  readonly paint: TextPaint;
}
