import type { KernelMessage } from '@jupyterlab/services';
import type { MimeBundle } from '../../src/report.ts';
import type { RemoteOutput } from '../agent/protocol.ts';

/** What a message of a kernel shows, if anything. Errors come at the cell's end, with its reply. */
export function outputOf(message: KernelMessage.IIOPubMessage): RemoteOutput | undefined {
  const { content } = message as { readonly content: Record<string, unknown> };
  const data = content.data as MimeBundle;
  const id = (content.transient as { display_id?: string } | undefined)?.display_id;
  switch (message.header.msg_type) {
    case 'stream':
      return {
        type: 'stream',
        name: content.name === 'stderr' ? 'stderr' : 'stdout',
        text: String(content.text),
      };
    case 'execute_result':
      return { type: 'display', data };
    case 'display_data':
      return { type: 'display', data, ...(id !== undefined && { displayId: id }) };
    case 'update_display_data':
      return id === undefined ? undefined : { type: 'update', data, displayId: id };
    default:
      return undefined;
  }
}
