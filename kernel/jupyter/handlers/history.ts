import type { Handler } from '../handler.ts';

/** No history is kept yet; without a reply a console would wait at its start. */
export const history: Handler = {
  request: 'history_request',
  reply: 'history_reply',
  handle: () => ({ status: 'ok', history: [] }),
};
