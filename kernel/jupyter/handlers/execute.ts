import type { Handler } from '../handler.ts';
import { publishOutput } from '../publish-output.ts';

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
        if (!silent || output.type === 'comm') publishOutput(output, { request, host, count });
      },
    });
    const always = { execution_count: count, user_expressions: {}, payload: [] };
    if (!error) return { status: 'ok', ...always };
    if (stop_on_error) host.abortQueued();
    const { ename, evalue, traceback } = error;
    return { status: 'error', ename, evalue, traceback, ...always };
  },
};
