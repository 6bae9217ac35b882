import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Displayable, displaySymbol, Report } from '../src/report.ts';

/** The program that shows a file in the user's browser, by platform. */
const openers: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
};

export interface PageOptions {
  /** The notebook's folder: the page goes into `.edgebook/plots` below it. */
  readonly cwd: string;
  /** Of the file, without its ending. */
  readonly name: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Writes a value as a page of its own and opens it in a browser, where there is one. Tells where it is. */
export async function openPage(
  value: Displayable,
  { cwd, name, env = process.env }: PageOptions,
): Promise<Report> {
  const bundle = await value[displaySymbol]();
  const folder = join(cwd, '.edgebook', 'plots');
  const file = join(folder, `${name}.html`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, pageOf(name, String(bundle['text/html'])));
  const isOpened = await open(file, env);
  return new Report({
    title: isOpened ? `Opened ${file}` : `Wrote ${file}`,
    columns: [{ key: 'file', header: 'page' }],
    rows: [{ file }],
    warnings: isOpened ? [] : ['No browser could be started here: copy the page to where there is one'],
  });
}

const pageOf = (title: string, body: string): string =>
  `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title>
<style>body { font-family: system-ui, sans-serif; margin: 2rem; color-scheme: light dark }</style></head>
<body>
${body}
</body>
</html>
`;

/** Without a screen a browser would fail later, and nobody would see why. */
function open(file: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const hasScreen = process.platform !== 'linux' || env.DISPLAY || env.WAYLAND_DISPLAY || env.BROWSER;
  const [command, ...args] = env.BROWSER ? [env.BROWSER] : (openers[process.platform] ?? []);
  if (!hasScreen || command === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(command, [...args, file], { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
