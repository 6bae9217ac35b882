import { readExecuteContent } from '../execute-content.ts';
import type { Handler } from '../handler.ts';
import type { Content } from '../message.ts';
import { publishOutput } from '../publish-output.ts';

export const execute: Handler = {
  request: 'execute_request',
  reply: 'execute_reply',
  async handle(request, host) {
    const content = readExecuteContent(request.content);
    const { code, silent, user_expressions: expressions } = content;
    const counts = !silent && content.store_history;
    let count = host.session.executionCount;
    const payload: Content[] = [];
    const result = await host.session.execute(code, {
      silent: !counts,
      beside: request.header.subshell_id != null,
      onBegin: (begun) => {
        count = begun;
        if (!silent) host.publish(request, 'execute_input', { code, execution_count: count });
      },
      expressions,
      ...(content.allow_stdin && { onInput: (question) => host.ask(request, question) }),
      onOutput: (output) => {
        if (output.type === 'page') payload.push({ source: 'page', data: output.data, start: 0 });
        else if (!silent || output.type === 'comm') publishOutput(output, { request, host, count });
      },
    });
    const reply = { execution_count: count, user_expressions: result.expressions, payload };
    if (!result.error) return { status: 'ok', ...reply };
    if (content.stop_on_error && !silent) host.abortQueued(request);
    const { ename, evalue, traceback } = result.error;
    return { status: 'error', ename, evalue, traceback, ...reply };
  },
};
