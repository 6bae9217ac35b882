import type { Handler } from '../handler.ts';

/** A kernel that does not know the target must close the comm. */
export const commOpen: Handler = {
  request: 'comm_open',
  reply: undefined,
  handle(request, host) {
    host.publish(request, 'comm_close', { comm_id: request.content.comm_id, data: {} });
    return {};
  },
};
