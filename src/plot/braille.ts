import { plain, type TextPaint } from './text-paint.ts';

/** A grid of characters with 2 x 4 braille dots in each; texts cover dots. Dots count from the top left. */
export interface BrailleCanvas {
  readonly columns: number;
  readonly rows: number;
  readonly dots: Uint8Array;
  readonly texts: (string | undefined)[];
  /** Colour of each character; undefined: the terminal's own. */
  readonly colors: (string | undefined)[];
  /** What is drawn next has this colour. */
  pen: string | undefined;
}

/** A place in dots. */
export interface Dot {
  readonly x: number;
  readonly y: number;
}

/** Bit of a dot in Unicode's braille block, by row and column inside the character. */
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const blankBraille = 0x2800;

export const brailleCanvas = (columns: number, rows: number): BrailleCanvas => ({
  columns,
  rows,
  dots: new Uint8Array(columns * rows),
  texts: new Array<string | undefined>(columns * rows).fill(undefined),
  colors: new Array<string | undefined>(columns * rows).fill(undefined),
  pen: undefined,
});

/** Dots outside the canvas are dropped. */
export function drawDot(canvas: BrailleCanvas, dot: Dot): void {
  const [x, y] = [Math.round(dot.x), Math.round(dot.y)];
  if (x < 0 || y < 0 || x >= canvas.columns * 2 || y >= canvas.rows * 4) return;
  const at = Math.floor(y / 4) * canvas.columns + Math.floor(x / 2);
  canvas.dots[at]! |= bits[y % 4]![x % 2]!;
  canvas.colors[at] = canvas.pen;
}

export function drawLine(canvas: BrailleCanvas, from: Dot, to: Dot): void {
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y))));
  for (let i = 0; i <= steps; i++) {
    drawDot(canvas, { x: from.x + ((to.x - from.x) * i) / steps, y: from.y + ((to.y - from.y) * i) / steps });
  }
}

/** Writes `text` from a character on; what does not fit on the line is cut. */
export function drawText(
  canvas: BrailleCanvas,
  text: string,
  { column, row }: { column: number; row: number },
): void {
  for (const [i, char] of [...text].entries()) {
    const at = column + i;
    if (at < 0 || at >= canvas.columns || row < 0 || row >= canvas.rows) continue;
    canvas.texts[row * canvas.columns + at] = char;
    canvas.colors[row * canvas.columns + at] = canvas.pen;
  }
}

/** The rows as text; `paint` gives it the colours that it was drawn with. */
export function canvasLines(canvas: BrailleCanvas, paint: TextPaint = plain): string[] {
  const { columns, rows, dots, texts, colors } = canvas;
  const char = (i: number) => texts[i] ?? (dots[i] ? String.fromCharCode(blankBraille + dots[i]) : ' ');
  return Array.from({ length: rows }, (_, row) =>
    runs(columns, (column) => colors[row * columns + column])
      .map(({ from, to, color }) => {
        const text = Array.from({ length: to - from }, (_, i) => char(row * columns + from + i)).join('');
        return paint(text, color);
      })
      .join(''),
  );
}

/** Neighbours of one colour. */
function runs(columns: number, colorOf: (column: number) => string | undefined) {
  const found: { from: number; to: number; color: string | undefined }[] = [];
  for (let column = 0; column < columns; column++) {
    const color = colorOf(column);
    const last = found.at(-1);
    if (last && last.color === color) last.to = column + 1;
    else found.push({ from: column, to: column + 1, color });
  }
  return found;
}
