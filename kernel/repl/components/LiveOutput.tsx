import { Text, useAnimation } from 'ink';
import type { ReactNode } from 'react';
import stringWidth from 'string-width';
import { withoutColors } from '../../without-colors.ts';
import type { LiveBlock } from '../cell-output.ts';
import { fitted } from '../fitted.ts';
import type { Room } from './room.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** A cell that ends sooner shows no clock, in ms. */
const patience = 300;

type LiveProps = Room & {
  readonly live: readonly LiveBlock[];
  /** When the cell began; undefined if none runs. */
  readonly since: number | undefined;
};

/** What the running cell shows and may still change; a clock where it shows nothing. */
export function LiveOutput({ live, since, columns, rows, paint }: LiveProps): ReactNode {
  const { frame } = useAnimation({ interval: 100, isActive: since !== undefined });
  if (since === undefined && live.length === 0) return null;
  const lines = live
    .flatMap(({ text }) => text.split('\n'))
    .slice(-rows)
    .map((line) => clipped(line, columns));
  if (lines.length > 0) return <Text wrap="truncate">{lines.join('\n')}</Text>;
  const elapsed = performance.now() - since!;
  if (elapsed < patience) return null;
  const clock = `${frames[frame % frames.length]} ${(elapsed / 1000).toFixed(1)} s`;
  return <Text>{paint('quiet', `${clock} · Ctrl-C interrupts`)}</Text>;
}

/** A line that wrapped would count as one and take two. */
const clipped = (line: string, columns: number): string =>
  stringWidth(line) < columns ? line : fitted(withoutColors(line), columns - 1);
