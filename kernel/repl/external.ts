import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Opens the user's editor on a text; resolves to what was saved. Rejects if the editor cannot be started or fails. */
export async function editInEditor(text: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-cell-'));
  const file = join(folder, 'cell.ts');
  try {
    await writeFile(file, text);
    await run(`${env.VISUAL || env.EDITOR || 'vi'} "$1"`, file);
    return (await readFile(file, 'utf8')).replace(/\n$/, '');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Shows a long text in the user's pager. */
export async function page(text: string, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-page-'));
  const file = join(folder, 'output.txt');
  try {
    await writeFile(file, text);
    await run(`${env.PAGER || 'less -R'} "$1"`, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The command may have arguments of its own: the shell takes it apart. */
function run(command: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', command, 'sh', file], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`'${command.replace(' "$1"', '')}' ended with ${signal ?? `code ${code}`}`));
    });
  });
}
