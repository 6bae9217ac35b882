import { readComm } from '../comm-content.ts';
import type { Handler } from '../handler.ts';
import { publishOutput } from '../publish-output.ts';

const handler = (request: string): Handler => ({
  request,
  reply: undefined,
  // A cell that opens a comm to a target registers it first: only messages to open comms overtake cells.
  duringCells: request !== 'comm_open',
  async handle(message, host) {
    const count = host.session.executionCount;
    await host.session.comm(readComm(message), (output) => {
      // Only the reply to a cell can open a pager.
      if (output.type !== 'page') publishOutput(output, { request: message, host, count });
    });
    return {};
  },
});

/** What a front end says through a comm goes to the user's code. */
export const commOpen = handler('comm_open');
export const commMessage = handler('comm_msg');
export const commClose = handler('comm_close');
