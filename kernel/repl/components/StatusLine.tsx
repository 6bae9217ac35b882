import { Text } from 'ink';
import type { ReactNode } from 'react';
import { fitted } from '../fitted.ts';
import type { ReplState } from '../state.ts';
import type { Room } from './room.ts';

type StatusProps = Room & { readonly state: Pick<ReplState, 'notice' | 'queued'> };

/** A hint, or how many cells wait; nothing most of the time. */
export function StatusLine({ state, columns, paint }: StatusProps): ReactNode {
  const text = statusText(state);
  return text === '' ? null : <Text>{paint('quiet', fitted(text, columns - 1).trimEnd())}</Text>;
}

export function statusText({ notice, queued }: StatusProps['state']): string {
  if (notice !== undefined) return notice;
  if (queued.length === 0) return '';
  const first = queued[0]!.split('\n')[0]!;
  return queued.length === 1 ? `Waits: ${first}` : `${queued.length} cells wait, first: ${first}`;
}
