import type { Handler } from '../handler.ts';
import { readCode } from '../read-code.ts';

export const isComplete: Handler = {
  request: 'is_complete_request',
  reply: 'is_complete_reply',
  async handle(request, host) {
    const { status, indent } = await host.session.isComplete(readCode(request.content));
    return status === 'incomplete' ? { status, indent } : { status };
  },
};
