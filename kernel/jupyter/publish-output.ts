import type { CommOutput, Output, PageOutput } from '../output.ts';
import { commContent } from './comm-content.ts';
import type { KernelHost } from './handler.ts';
import type { Content, Message } from './message.ts';

export interface OutputContext {
  /** What the output answers. */
  readonly request: Message;
  readonly host: KernelHost;
  /** Execution count, which results show. */
  readonly count: number;
}

/** Broadcasts what a cell, or a comm's handler, shows. */
export function publishOutput(
  output: Exclude<Output, PageOutput>,
  { request, host, count }: OutputContext,
): void {
  if (output.type === 'comm') {
    const { type, content, ...extras } = commContent(output.message);
    host.publish(request, type, content, extras);
    return;
  }
  const [type, content] = toMessage(output, count);
  host.publish(request, type, content);
}

function toMessage(
  output: Exclude<Output, PageOutput | CommOutput>,
  count: number,
): [type: string, content: Content] {
  switch (output.type) {
    case 'stream':
      return ['stream', { name: output.name, text: output.text }];
    case 'display':
    case 'update': {
      const { data, metadata, displayId } = output;
      const transient = displayId === undefined ? {} : { display_id: displayId };
      return [
        output.type === 'display' ? 'display_data' : 'update_display_data',
        { data, metadata, transient },
      ];
    }
    case 'result':
      return ['execute_result', { execution_count: count, data: output.data, metadata: output.metadata }];
    case 'error':
      return ['error', { ename: output.ename, evalue: output.evalue, traceback: output.traceback }];
    case 'clear':
      return ['clear_output', { wait: output.wait }];
  }
}
