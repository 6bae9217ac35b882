import type { CommMessage } from '../comm.ts';
import type { Content, Message, NewMessage } from './message.ts';

const types = { open: 'comm_open', message: 'comm_msg', close: 'comm_close' } as const;

/** A comm message as the protocol spells it. */
export function commContent(
  message: CommMessage,
): NewMessage & Required<Pick<NewMessage, 'metadata' | 'buffers'>> {
  const { kind, id, target, data, metadata, buffers } = message;
  const content: Content = { comm_id: id, ...(target !== undefined && { target_name: target }), data };
  return { type: types[kind], content, metadata, buffers: buffers.map((bytes) => Buffer.from(bytes)) };
}

/** What a front end's comm_open, comm_msg or comm_close says. Throws TypeError if it has no comm_id. */
export function readComm({ header, content, metadata, buffers }: Message): CommMessage {
  const { comm_id: id, target_name: target, data } = content;
  if (typeof id !== 'string') throw new TypeError(`'comm_id' must be a string, was ${typeof id}`);
  const kind =
    header.msg_type === types.open ? 'open' : header.msg_type === types.close ? 'close' : 'message';
  return {
    kind,
    id,
    ...(kind === 'open' && { target: String(target) }),
    data: (data ?? {}) as CommMessage['data'],
    metadata,
    buffers,
  };
}
