import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { folder, plain, TestSession } from './cells.ts';

const magicsUrl = new URL('../../magics/index.ts', import.meta.url).href;
const session = new TestSession({ magicsUrl });
afterAll(() => session.session.close());

/** All that a cell showed, as text. */
async function shown(code: string): Promise<string> {
  const { outputs } = await session.run(code);
  return outputs
    .map((output) => {
      if (output.type === 'stream') return output.text;
      if (output.type === 'error') return plain(output.traceback);
      return 'data' in output ? `${output.data['text/plain']}\n` : '';
    })
    .join('');
}

describe('%time', () => {
  test('gives the value, says the times, and keeps declarations', async () => {
    expect(await shown('%time await Promise.resolve(20 + 1) * 2')).toMatch(
      /^CPU times: user .*, sys .*, total .*\nWall time: .* (?:s|ms|µs)\n42\n$/,
    );
    expect(await shown('const v = %time 6 * 7\nv')).toMatch(/^CPU times: [\s\S]*\n42\n$/);
    await session.run('%%time\nconst a: number = 5\nfunction twice(n: number) { return 2 * n }');
    expect(await session.value('twice(a)')).toBe('10');
  });

  test('the body may hold magics, imports and its own errors, at the right line', async () => {
    await session.run("%%time\n\nimport data from './data.json'\n%env EDGEBOOK_TEST=1");
    expect(await session.value('data.answer')).toBe('42');
    expect(await shown("%%time\nlet ok = 1\nthrow new Error('here')")).toContain('line 3');
    expect(await shown('ok\n%time missing()')).toContain(', line 2');
    expect(await shown('%%time\nlet ok = 1\nlet let = 2')).toMatch(/SyntaxError[\s\S]*line 3/);
  });
});

describe('%timeit', () => {
  test('as many loops and runs as asked', async () => {
    const text = await shown('let n = 0\n%timeit -n 10 -r 3 n++\nn');
    expect(text).toMatch(
      /^[\d.]+ \S+ ± [\d.]+ \S+ per loop \(mean ± std\. dev\. of 3 runs, 10 loops each\)\n30\n$/,
    );
  });

  test('awaits are inside the measured time; the setup is not', async () => {
    const code =
      '%%timeit -n 2 -r 2 const pause = (ms: number) => new Promise((r) => setTimeout(r, ms))\nawait pause(5)';
    await session.run(code);
    const t = await session.value(
      'const t = %timeit -n 1 -r 2 await pause(20)\nt.best >= 19 && t.times.length',
    );
    expect(t).toBe('2');
  });

  test.each(['for (;;) {}', 'await new Promise(() => {})', '1 + 1', 'await 0'])(
    '%s is interrupted',
    async (code) => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 700);
      const { error } = await session.run(`%timeit -r 1000 ${code}`, { signal: abort.signal });
      expect(error?.ename).toBe('Interrupted');
      expect(await session.value('1 + 1')).toBe('2');
    },
  );
});

describe('!command', () => {
  test('shows both streams in order, with substitutions, and the exit code', async () => {
    await session.run("const who = 'world'; const files = ['a', 'b c']; process.env.EDGEBOOK_HOME = '/h'");
    expect(
      await shown(
        '!echo one; echo two >&2; echo three {who.toUpperCase()} $who $EDGEBOOK_HOME ${EDGEBOOK_HOME} {files}',
      ),
    ).toBe('one\ntwo\nthree WORLD world /h /h a b c\n');
    expect(await shown('!exit 3')).toBe('exit code 3\n');
    expect(await shown('!printf "%s" x \\\n  && echo y\nconsole.log("after")')).toBe('xy\nafter\n');
  });

  test('gives lines when assigned', async () => {
    expect(
      await session.value(
        "const lines = !printf 'a\\nb\\n'\n[lines.length, lines[1], lines.exitCode, lines.map((l) => l + l)]",
      ),
    ).toBe("[ 2, 'b', 0, [ 'aa', 'bb' ] ]");
    expect(await shown('const none = !echo bad >&2; exit 2\nnone.exitCode')).toBe('bad\nexit code 2\n2\n');
  });

  test('!! shows the lines, and a hashbang is a comment', async () => {
    expect(await shown("!!printf 'a\\nb\\n'")).toBe('a\nb\n');
    expect(await shown('!(cd /; pwd)')).toBe('/\n');
    expect(await session.value('#!/usr/bin/env -S node --x\n6 * 7')).toBe('42');
    expect(await session.value('const yes = 1\n!!yes')).toBe('true');
  });

  test('%env takes variables of the session', async () => {
    await session.run('const w = 3; const conf = { sizes: [5, 6] }; const hollow = null');
    await session.run('%env EB_X=w{w}x{conf.sizes[1]}-$w');
    expect(await session.value('process.env.EB_X')).toBe("'w3x6-3'");
    await session.run('%env EB_Y={b}:{1..3}:$EB_X:$$');
    expect(await session.value('process.env.EB_Y')).toBe("'{b}:{1..3}:$EB_X:$$'");
    expect(await shown('%env EB_Z={hollow}')).toContain("'{hollow}' must have a value, is null");
  });

  test('not is still not', async () => {
    expect(await session.value('const off = false\n!off && 5')).toBe('5');
    expect(await session.value('!off')).toBe('true');
    expect(await session.value('const on = !off\non')).toBe('true');
  });

  test('an interrupt ends the command and all that it started', async () => {
    const abort = new AbortController();
    const file = join(folder, 'alive.txt');
    const result = await session.session.execute(
      `!echo begun; (sleep 37; touch ${file}) & sleep 37; echo never`,
      {
        signal: abort.signal,
        onOutput: (output) => output.type === 'stream' && abort.abort(),
      },
    );
    expect(result.error?.ename).toBe('Interrupted');
    // A shell's own background jobs do not hear the interrupt: they go with the kill after the grace.
    await expect
      .poll(() => shown("!ps -ef | grep -c '[s]leep 37'"), { timeout: 10_000, interval: 300 })
      .toMatch(/^0\n/);
    expect(await session.value('who')).toBe("'world'");
  });

  test('a command that does not heed it is killed after its grace', async () => {
    const abort = new AbortController();
    const { error } = await new Promise<{ error: unknown }>((resolve) => {
      void session.session
        .execute("!trap '' INT; echo $$ > stubborn.pid; echo begun; while true; do sleep 0.1; done", {
          signal: abort.signal,
          onOutput: (output) => output.type === 'stream' && abort.abort(),
        })
        .then(resolve);
    });
    expect(error).toMatchObject({ ename: 'Interrupted' });
  });
});

describe('help', () => {
  test.each([
    ['%time?', /Run code once/],
    ['?%timeit', /-n\|--loops NUMBER/],
    ['const point = { x: 1, y: 2 }\npoint?', /^point: Object\n\n\{ x: 1, y: 2 \}/],
    ['point.x?', /^point\.x: number\n\n1/],
    ['function add(a: number, b = 1) { return a + b }\nadd?', /^add\(a, b = 1\): function\n\nfunction/],
    ['who?', /^who: string/],
    ['quantize?', /--activations uint8/],
    ['nothing?', /no variable or magic named 'nothing'/],
    ['%tmie?', /Did you mean '%time'/],
    ['%%writefile /proc/none\na', /^UsageError: %%writefile cannot write '\/proc\/none': E/],
    ['%writefile a', /%writefile is a cell magic: write %%writefile/],
    ['%%cd a\nb', /%%cd is a line magic: write %cd/],
  ])('%s', async (code, expected) => {
    expect(await shown(code)).toMatch(expected);
  });
});

describe('session and files', () => {
  test('%who, %reset and %history', async () => {
    const fresh = new TestSession({ magicsUrl });
    await fresh.run("const count = 3; const data = new Float32Array(5); const fetch = 'mine'");
    const { outputs } = await fresh.run('%who');
    expect(JSON.stringify(outputs)).toMatch(/count +number +3.*data +Float32Array\(5\)/);
    await fresh.run('%reset');
    expect(await fresh.value('[typeof count, typeof data, typeof fetch]')).toBe(
      "[ 'undefined', 'undefined', 'function' ]",
    );
    expect(await fresh.value('const count = 4; count')).toBe('4');
    const history = await fresh.run('%history 3-4');
    expect(history.outputs[0]).toMatchObject({
      data: { 'text/plain': '3: %reset\n4: [typeof count, typeof data, typeof fetch]' },
    });
    await fresh.session.close();
  });

  test('%%writefile, %run and %cd', async () => {
    expect(
      await shown(
        "%%writefile sub/tool.ts\nimport { double } from '../helper.ts'\nconst four: number = double(2)\nfour + 1",
      ),
    ).toBe('Wrote sub/tool.ts\n');
    await session.run('%%writefile -a sub/tool.ts\n// end');
    expect(readFileSync(join(folder, 'sub/tool.ts'), 'utf8')).toMatch(/\nfour \+ 1\n\/\/ end\n$/);
    expect(await shown('%run sub/tool.ts')).toBe('5\n');
    expect(await session.value('four')).toBe('4');
    const cell = (source: string) => ({ cell_type: 'code', source: [source], metadata: {} });
    writeFileSync(
      join(folder, 'sub/other.ipynb'),
      JSON.stringify({ cells: [cell('const six = 6'), cell('six + 1'), cell('six + 2')] }),
    );
    expect(await shown('%run sub/other.ipynb')).toBe('7\n8\n');
    expect(await session.value('six')).toBe('6');
    expect(await shown('%cd sub')).toBe(`${join(folder, 'sub')}\n`);
    expect(await shown('const here = !ls\nhere.length')).toBe('2\n');
    expect(await shown('%cd -')).toBe(`${folder}\n`);
    writeFileSync(join(folder, 'bad.ts'), "let fine = 1\nthrow new Error('in the file')");
    expect(await shown('%run bad.ts')).toMatch(/in the file[\s\S]*File bad\.ts, line 2/);
  });

  test('%%html and its kind show the cell as it is', async () => {
    const { outputs } = await session.run('%%svg\n<svg/>');
    expect(outputs).toMatchObject([{ type: 'display', data: { 'image/svg+xml': '<svg/>' } }]);
  });

  test('%install makes a package importable at once', async () => {
    mkdirSync(join(folder, 'pack'), { recursive: true });
    writeFileSync(
      join(folder, 'pack/package.json'),
      '{"name":"edgebook-fresh","version":"1.0.0","type":"module","exports":"./i.js"}',
    );
    writeFileSync(join(folder, 'pack/i.js'), 'export const fresh = 1');
    expect(await shown("import { fresh } from 'edgebook-fresh'")).toMatch(/edgebook-fresh/);
    expect(await shown('%install ./pack')).toMatch(/Installed \.\/pack/);
    expect(await shown("import { fresh } from 'edgebook-fresh'\nfresh")).toBe('1\n');
  }, 60_000);
});
