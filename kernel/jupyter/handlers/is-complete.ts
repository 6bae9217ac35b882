import type { Handler } from '../handler.ts';

export const isComplete: Handler = {
  request: 'is_complete_request',
  reply: 'is_complete_reply',
  async handle(request, host) {
    const { status, indent } = await host.session.isComplete(String(request.content.code));
    return status === 'incomplete' ? { status, indent } : { status };
  },
};
