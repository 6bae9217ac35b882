import type { Handler } from '../handler.ts';

export const interrupt: Handler = {
  request: 'interrupt_request',
  reply: 'interrupt_reply',
  handle(_request, host) {
    host.session.interrupt();
    return { status: 'ok' };
  },
};
