import type { Handler } from '../handler.ts';

/** There are no comms yet. */
export const commInfo: Handler = {
  request: 'comm_info_request',
  reply: 'comm_info_reply',
  handle: () => ({ status: 'ok', comms: {} }),
};
