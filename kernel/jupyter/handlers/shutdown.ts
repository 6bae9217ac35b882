import type { Handler } from '../handler.ts';

export const shutdown: Handler = {
  request: 'shutdown_request',
  reply: 'shutdown_reply',
  handle(request, host) {
    const reply = { status: 'ok', restart: request.content.restart === true };
    host.publish(request, 'shutdown_reply', reply);
    host.shutDown();
    return reply;
  },
};
