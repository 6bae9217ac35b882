import { fromCodePoints } from '../../code-points.ts';
import type { Handler } from '../handler.ts';
import { readCode } from '../read-code.ts';

export const inspect: Handler = {
  request: 'inspect_request',
  reply: 'inspect_reply',
  duringCells: true,
  async handle({ content }, { session }) {
    const code = readCode(content);
    const position = fromCodePoints(code, Number(content.cursor_pos ?? Infinity));
    const found = await session.types.inspect(code, position, Number(content.detail_level ?? 0) > 0);
    const data = found ? { 'text/markdown': found.markdown, 'text/plain': found.text } : {};
    return { status: 'ok', found: found !== undefined, data, metadata: {} };
  },
};
