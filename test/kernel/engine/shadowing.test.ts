import { afterAll, describe, expect, test } from 'vitest';
import { TestSession } from '../cells.ts';

const session = new TestSession();
afterAll(() => session.session.close());

describe('a cell may give its variables the names of globals', () => {
  test.each([
    [
      'import',
      "import { setTimeout } from 'node:timers/promises'; await setTimeout(1, 'waited')",
      "'waited'",
    ],
    ['used by a later cell', "await setTimeout(1, 'later')", "'later'"],
    ['default import', "import process from 'node:process'; typeof process.pid", "'number'"],
    ['constant', "const URL = 'https://a.example'; URL", "'https://a.example'"],
    ['shorthand', '({ URL })', "{ URL: 'https://a.example' }"],
    ['destructuring', 'const { Buffer, Date = 3 } = { Buffer: 2 }; Buffer + Date', '5'],
    ['assignment', '({ Buffer } = { Buffer: 7 }); Buffer', '7'],
    ['object', 'const Object = 5; const Promise = 6; Object + Promise', '11'],
    ['class', 'class Map { static own = 1; clone() { return new Map() } } new Map().clone()', 'Map {}'],
    ['class of an earlier cell', 'Map.name + Map.own', "'Map1'"],
    [
      'function',
      'function fetch(n: number): number { return n && fetch(n - 1) } fetch.name + fetch(2)',
      "'fetch0'",
    ],
    ['enum', 'enum Event { On = 4 } Event.On', '4'],
    ['console', "let console = { log() { return 'own' } }; console.log()", "'own'"],
    ['parameter', '((Set: number) => Set + 1)(1)', '2'],
    ['property', '({ Math: 1 }).Math', '1'],
    ['loop', 'for (const Set of [8]) globalThis.seen = Set; globalThis.seen', '8'],
    ['var', 'if (true) { var performance = 9 } performance', '9'],
    ['global of the same name', 'typeof globalThis.URL', "'function'"],
    ['export', "export const Response = 'r'; export { Response as Request }; Response", "'r'"],
  ])('%s', async (_what, code, value) => {
    expect(await session.value(code)).toBe(value);
  });

  test('and all else that runs in the process keeps its own', async () => {
    const { outputs } = await session.run(
      "display(1); const later = await import('waits'); setTimeout.name; new Error('described')",
    );
    expect(JSON.stringify(outputs)).toContain('described');
    expect(
      await session.value("const sleepy = (await import('node:timers')).setTimeout; typeof sleepy"),
    ).toBe("'function'");
    expect((await session.run('%echo fine')).error).toBeUndefined();
  });

  test('until they are forgotten', async () => {
    const own = new TestSession({ magicsUrl: undefined });
    await own.run('const URL = 1');
    expect(await own.value('URL')).toBe('1');
    await own.run('%reset');
    expect(await own.value("new URL('http://b.example').host")).toBe("'b.example'");
    await own.session.close();
  });
});
