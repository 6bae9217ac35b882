import type { MimeBundle } from '../../src/report.ts';
import type { Message } from '../jupyter/message.ts';
import type { Output } from '../output.ts';

type Metadata = Record<string, unknown>;

/** What a kernel broadcasts about a cell as an output; undefined for all else, such as its status. */
export function toOutput({ header, content }: Message): Output | undefined {
  const data = content.data as MimeBundle;
  const metadata = (content.metadata ?? {}) as Metadata;
  const id = (content.transient as { display_id?: string } | undefined)?.display_id;
  switch (header.msg_type) {
    case 'stream':
      return { type: 'stream', name: content.name as 'stdout' | 'stderr', text: String(content.text) };
    case 'display_data':
      return { type: 'display', data, metadata, ...(id !== undefined && { displayId: id }) };
    case 'update_display_data':
      return id === undefined ? undefined : { type: 'update', data, metadata, displayId: id };
    case 'execute_result':
      return { type: 'result', data, metadata };
    case 'error':
      return {
        ...{ type: 'error', ename: String(content.ename), evalue: String(content.evalue) },
        traceback: content.traceback as string[],
      };
    case 'clear_output':
      return { type: 'clear', wait: content.wait === true };
    default:
      return undefined;
  }
}
