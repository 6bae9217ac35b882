import type { CurveFrame, CurvePanel } from './curve-view.ts';

const rows = 6;
const columns = 34;
const blocks = ' ▁▂▃▄▅▆▇█';

/** The panels side by side as blocks for a terminal. There must be a step. */
export function curveText({ label, panels, x, y }: CurveFrame): string {
  const drawn = panels.map((panel, i) => panelLines(panel, y[i]!));
  const lines = drawn[0]!.map((_, row) => drawn.map((panel) => panel[row]!).join('   '));
  const steps = `steps ${Math.round(x[0]!)} to ${Math.round(x[x.length - 1]!)}`;
  return [`${label}, ${steps}`, ...lines].map((line) => line.trimEnd()).join('\n');
}

function panelLines({ title, unit, top }: CurvePanel, y: ArrayLike<number>): string[] {
  const values = resample(y);
  const high = top ?? Math.max(...values.filter(Number.isFinite), 0);
  const suffix = unit ? ` ${unit}` : '';
  const now = `${title} ${short(y[y.length - 1]!)}${suffix}`;
  const chart = Array.from({ length: rows }, (_, row) => {
    const axis = row === 0 ? short(high) : row === rows - 1 ? '0' : '';
    const bars = values.map((value) => block((value / (high || 1)) * rows - (rows - 1 - row)));
    return `${axis.padStart(6)} │${bars.join('').padEnd(columns - 8)}`;
  });
  return [now.padEnd(columns), ...chart];
}

/** Part of one character cell that is filled: 0 or less is empty, 1 or more full. */
function block(share: number): string {
  if (!Number.isFinite(share)) return ' ';
  return blocks[Math.round(Math.min(1, Math.max(0, share)) * (blocks.length - 1))]!;
}

/** As many values as there are columns, or fewer: means, since single steps jump about. */
function resample(y: ArrayLike<number>): number[] {
  const values = Array.from(y);
  const width = Math.min(columns - 8, y.length);
  const at = (i: number): number => Math.floor((i * y.length) / width);
  return Array.from({ length: width }, (_, i) => {
    const part = values.slice(at(i), at(i + 1)).filter(Number.isFinite);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

const short = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–';
