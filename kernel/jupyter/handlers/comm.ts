import { readComm } from '../comm-content.ts';
import type { Handler } from '../handler.ts';
import { publishOutput } from '../publish-output.ts';

const handler = (request: string): Handler => ({
  request,
  reply: undefined,
  async handle(message, host) {
    const count = host.session.executionCount;
    await host.session.comm(readComm(message), (output) =>
      publishOutput(output, { request: message, host, count }),
    );
    return {};
  },
});

/** What a front end says through a comm goes to the user's code. */
export const commOpen = handler('comm_open');
export const commMessage = handler('comm_msg');
export const commClose = handler('comm_close');
