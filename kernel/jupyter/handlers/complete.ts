import { fromCodePoints, toCodePoints } from '../../code-points.ts';
import type { Handler } from '../handler.ts';
import { readCode } from '../read-code.ts';

export const complete: Handler = {
  request: 'complete_request',
  reply: 'complete_reply',
  duringCells: true,
  async handle({ content }, { session }) {
    const code = readCode(content);
    const position = fromCodePoints(code, Number(content.cursor_pos ?? Infinity));
    const completion = await session.types.complete(code, position);
    const start = toCodePoints(code, completion.start);
    const end = toCodePoints(code, completion.end);
    return {
      status: 'ok',
      matches: completion.matches.map(({ text }) => text),
      cursor_start: start,
      cursor_end: end,
      metadata: {
        _jupyter_types_experimental: completion.matches.map((match) => ({ ...match, start, end })),
      },
    };
  },
};
