import type { Handler } from '../handler.ts';

/** Nothing is completed yet; without a reply the Tab key would hang. */
export const complete: Handler = {
  request: 'complete_request',
  reply: 'complete_reply',
  handle({ content: { cursor_pos = 0 } }) {
    return { status: 'ok', matches: [], cursor_start: cursor_pos, cursor_end: cursor_pos, metadata: {} };
  },
};
