import type { Output, PageOutput } from '../../output.ts';
import { readExecuteContent } from '../execute-content.ts';
import type { Handler, KernelHost } from '../handler.ts';
import type { Content, Message } from '../message.ts';

export const execute: Handler = {
  request: 'execute_request',
  reply: 'execute_reply',
  async handle(request, host) {
    const content = readExecuteContent(request.content);
    const { code, silent, user_expressions: expressions } = content;
    const counts = !silent && content.store_history;
    const count = host.session.executionCount + (counts ? 1 : 0);
    if (!silent) host.publish(request, 'execute_input', { code, execution_count: count });
    const payload: Content[] = [];
    const result = await host.session.execute(code, {
      silent: !counts,
      expressions,
      ...(content.allow_stdin && { onInput: (question) => host.ask(request, question) }),
      onOutput: (output) => {
        if (output.type === 'page') payload.push({ source: 'page', data: output.data, start: 0 });
        else if (!silent) publishOutput(output, { request, host, count });
      },
    });
    const reply = { execution_count: count, user_expressions: result.expressions, payload };
    if (!result.error) return { status: 'ok', ...reply };
    if (content.stop_on_error && !silent) host.abortQueued();
    const { ename, evalue, traceback } = result.error;
    return { status: 'error', ename, evalue, traceback, ...reply };
  },
};

interface CellContext {
  readonly request: Message;
  readonly host: KernelHost;
  readonly count: number;
}

type Published = Exclude<Output, PageOutput>;

function publishOutput(output: Published, { request, host, count }: CellContext): void {
  const [type, content] = toMessage(output, count);
  host.publish(request, type, content);
}

function toMessage(output: Published, count: number): [type: string, content: Content] {
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
