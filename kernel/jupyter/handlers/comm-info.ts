import type { Handler } from '../handler.ts';

export const commInfo: Handler = {
  request: 'comm_info_request',
  reply: 'comm_info_reply',
  duringCells: true,
  handle({ content: { target_name: wanted } }, { session }) {
    const listed = [...session.comms].filter(([, target]) => wanted === undefined || wanted === target);
    const comms = Object.fromEntries(listed.map(([id, target]) => [id, { target_name: target }]));
    return { status: 'ok', comms };
  },
};
