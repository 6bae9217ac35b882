import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { NotebookRecorder } from '../../../kernel/repl/notebook-recorder.ts';
import { runPlain } from '../../../kernel/repl/plain.ts';
import { FakeTerminal, settled } from './fake-session.ts';

test('reads cells line by line and draws nothing over', async () => {
  const session = new FakeTerminal();
  session.status = (code) => (code.endsWith('}') ? 'complete' : 'incomplete');
  session.run = async (_, { onOutput }) => {
    const bar = { type: 'display', displayId: 'a', metadata: {} } as const;
    onOutput({ ...bar, data: { 'text/plain': 'bar 1' } });
    onOutput({ ...bar, type: 'update', data: { 'text/plain': 'bar 2' } });
    return [{ type: 'result', data: { 'text/plain': '\u001b[33m3\u001b[39m' }, metadata: {} }];
  };
  const [input, output] = [new PassThrough(), new PassThrough()];
  const ended = runPlain({
    ...{ session, recorder: new NotebookRecorder(), first: [], input, command: () => undefined },
    output: output as unknown as NodeJS.WriteStream,
    signal: new AbortController().signal,
  });
  for (const line of ['1+2\n', 'if (a) {\n', '}\n']) {
    input.write(line);
    await settled();
    await settled();
  }
  input.end();
  expect(await ended).toBe(0);
  expect(session.ran).toEqual(['1+2', 'if (a) {\n}']);
  const text = String(output.read());
  expect(text).toContain('In [1]: bar 1\nbar 2\n3\n');
  expect(text).toContain('   ...: ');
  expect(text).not.toContain('\u001b');
});
