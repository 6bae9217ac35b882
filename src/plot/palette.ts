/**
 * Series colours, told apart by people with the common colour blindnesses, each with a contrast of at least 3
 * against white and against the dark themes' background (WCAG 2.1, 1.4.11).
 */
const palette = ['#2f7ebc', '#c96a12', '#2a9468', '#b0559e', '#c74a52', '#7d7a2c', '#6f6ad1', '#12909c'];

export const seriesColor = (index: number): string => palette[index % palette.length]!;

/** Text and axes where the theme's own colour cannot be had: contrast above 4 on white and on dark. */
export const neutralColor = '#7b7b7b';

export const fontFamily = 'Inter, system-ui, Segoe UI, Helvetica, Arial, sans-serif';
