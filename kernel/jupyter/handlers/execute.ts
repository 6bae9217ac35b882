import type { Output } from '../../output.ts';
import type { Handler, KernelHost } from '../handler.ts';
import type { Content, Message } from '../message.ts';

interface ExecuteContent {
  readonly code: string;
  readonly silent?: boolean;
  readonly store_history?: boolean;
  readonly stop_on_error?: boolean;
}

export const execute: Handler = {
  request: 'execute_request',
  reply: 'execute_reply',
  async handle(request, host) {
    const content = request.content as unknown as ExecuteContent;
    if (typeof content.code !== 'string')
      throw new TypeError(`'code' must be a string, was ${typeof content.code}`);
    const { code, silent = false, store_history = true, stop_on_error = true } = content;
    const counts = !silent && store_history;
    const count = host.session.executionCount + (counts ? 1 : 0);
    if (!silent) host.publish(request, 'execute_input', { code, execution_count: count });
    const { error } = await host.session.execute(code, {
      silent: !counts,
      onOutput: (output) => {
        if (!silent) publishOutput(output, { request, host, count });
      },
    });
    const always = { execution_count: count, user_expressions: {}, payload: [] };
    if (!error) return { status: 'ok', ...always };
    if (stop_on_error) host.abortQueued();
    const { ename, evalue, traceback } = error;
    return { status: 'error', ename, evalue, traceback, ...always };
  },
};

interface CellContext {
  readonly request: Message;
  readonly host: KernelHost;
  readonly count: number;
}

function publishOutput(output: Output, { request, host, count }: CellContext): void {
  const [type, content] = toMessage(output, count);
  host.publish(request, type, content);
}

function toMessage(output: Output, count: number): [type: string, content: Content] {
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
