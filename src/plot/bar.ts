import { type Axis, Figure } from './figure.ts';

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly hover?: string;
}

export interface BarOptions {
  readonly title: string;
  /** What a bar's length says. */
  readonly value: Axis;
  /** What a bar stands for. Default: `Layer`. */
  readonly category?: string;
}

/** Horizontal bars in the given order, one a layer or variant: size, MACs, time. */
export function barFigure(bars: readonly Bar[], { title, value, category = 'Layer' }: BarOptions): Figure {
  return new Figure({
    title,
    x: value,
    y: { title: category },
    marks: [
      {
        kind: 'bar',
        name: value.title,
        bars: bars.map((bar) => ({
          category: bar.name,
          value: bar.value,
          ...(bar.hover !== undefined && { hover: bar.hover }),
        })),
      },
    ],
  });
}
