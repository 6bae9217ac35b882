import type { History, HistoryEntry } from '../../history.ts';
import type { Handler } from '../handler.ts';
import type { Content } from '../message.ts';

export const history: Handler = {
  request: 'history_request',
  reply: 'history_reply',
  handle({ content }, host) {
    const entries = host.session.history ? find(host.session.history, content) : [];
    return { status: 'ok', history: entries.map((entry) => toTuple(entry, content.output === true)) };
  },
};

function find(kept: History, content: Content): HistoryEntry[] {
  const access = content.hist_access_type ?? 'tail';
  const n = integer(content, 'n');
  if (access === 'tail') return kept.tail(n ?? 1000);
  if (access === 'range') {
    const session = integer(content, 'session') ?? 0;
    return kept.range({ session, start: integer(content, 'start') ?? 1, stop: integer(content, 'stop') });
  }
  if (access === 'search')
    return kept.search({ pattern: String(content.pattern ?? '*'), n, unique: content.unique === true });
  throw new TypeError(
    `'hist_access_type' must be 'tail', 'range' or 'search', was ${JSON.stringify(access)}`,
  );
}

function integer(content: Content, name: string): number | undefined {
  const value = content[name];
  if (value === undefined || value === null) return undefined;
  if (!Number.isSafeInteger(value))
    throw new TypeError(`'${name}' must be an integer, was ${JSON.stringify(value)}`);
  return value as number;
}

function toTuple({ session, line, source, output }: HistoryEntry, withOutput: boolean): unknown[] {
  return [session, line, withOutput ? [source, output] : source];
}
