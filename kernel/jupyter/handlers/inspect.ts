import type { Handler } from '../handler.ts';

/** Nothing is explained yet; without a reply Shift-Tab would hang. */
export const inspect: Handler = {
  request: 'inspect_request',
  reply: 'inspect_reply',
  handle: () => ({ status: 'ok', found: false, data: {}, metadata: {} }),
};
