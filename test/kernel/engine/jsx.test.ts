import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compile } from '../../../kernel/engine/compile.ts';
import { plain, TestSession } from '../cells.ts';
import { notebookFolder } from '../notebook-folder.ts';

const folder = notebookFolder();
const session = new TestSession({ cwd: folder });
const without = new TestSession();

beforeAll(() => {
  const require = createRequire(import.meta.url);
  for (const name of ['react', 'react-dom', 'scheduler']) {
    const installed = dirname(require.resolve(`${name}/package.json`));
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    symlinkSync(installed, join(folder, 'node_modules', name));
  }
});
afterAll(async () => {
  await session.session.close();
  await without.session.close();
});

async function html(code: string): Promise<unknown> {
  const { outputs, error } = await session.run(code);
  if (error) return plain(error.traceback);
  return outputs.find((output) => output.type === 'result')?.data['text/html'];
}

test('an element is shown as HTML, escaped', async () => {
  expect(await html('<p className="a">{"<x>"} &amp; y</p>')).toBe('<p class="a">&lt;x&gt; &amp; y</p>');
});

test('components of earlier cells, with types, generics and fragments', async () => {
  await session.run(
    'interface Props { items: string[] }\nconst List = ({ items }: Props) => <ul>{items.map((i) => <li key={i}>{i}</li>)}</ul>',
  );
  expect(await html('const id = <T,>(x: T): T => x;\n<><List items={id(["a", "b"])} /></>')).toBe(
    '<ul><li>a</li><li>b</li></ul>',
  );
});

test('hooks and a default import', async () => {
  expect(
    await html(
      'import React, { useState } from "react";\nconst Counter = () => { const [n] = useState(3); return <b>{n}</b> };\n<Counter />',
    ),
  ).toBe('<b>3</b>');
});

test('a factory that the cell names is called', async () => {
  expect(
    await session.value(
      '/** @jsx h */\nconst h = (tag: string, props: object | null, ...children: unknown[]) => [tag, props, ...children];\n<a href="x">y</a>',
    ),
  ).toBe("[ 'a', { href: 'x' }, 'y' ]");
});

test('what the compiler declares is not among the variables', async () => {
  expect((await compile('const el = <i>1</i>')).declares).toEqual(['el']);
});

test('an error in a component names its line', async () => {
  expect(await html('const Bad = ({ x }) => (\n  <b>{x.y}</b>\n);\n<Bad x={null} />')).toMatch(
    /TypeError.*\n\nCell In\[\d+\], line 2, in Bad/,
  );
});

test('without React, the error says how to install it', async () => {
  expect(await without.value('<b>1</b>')).toBe(
    'Error: JSX needs React, which is not installed in the folder of the notebook. Run: %install react react-dom',
  );
  expect(
    await without.value("({ $$typeof: Symbol.for('react.transitional.element'), type: 'b', props: {} })"),
  ).toMatch(/^UsageError: A React element needs the package react-dom/);
});

test('a component in a file of its own', async () => {
  writeFileSync(
    join(folder, 'Title.tsx'),
    'export const Title = ({ text }: { text: string }) => <h1>{text}</h1>;',
  );
  writeFileSync(join(folder, 'Wrong.tsx'), '\nexport const Wrong = <h1>;');
  expect(await html('import { Title } from "./Title";\n<Title text="T" />')).toBe('<h1>T</h1>');
  expect(await html('import { Wrong } from "./Wrong"; Wrong')).toMatch(
    /^SyntaxError: .*Wrong\.tsx, line 2: /,
  );
});

test('a file of TypeScript that types alone do not make', async () => {
  writeFileSync(
    join(folder, 'level.ts'),
    'export enum Level { Low = 1, High }\nexport class Box { constructor(readonly size: number) {} }',
  );
  writeFileSync(join(folder, 'wrong.ts'), 'enum A { B }\nexport const wrong = ;');
  expect(await session.value('import { Box, Level } from "./level.ts"; Level.High + new Box(3).size')).toBe(
    '5',
  );
  expect(await html('const { wrong } = await import("./wrong.ts"); wrong')).toMatch(
    /^SyntaxError: .*wrong\.ts, line 2: /,
  );
});

test('an import of types alone asks for no package', async () => {
  expect(await session.value('import { type Shape } from "types-only"; const s: Shape | 1 = 1; s')).toBe('1');
});
