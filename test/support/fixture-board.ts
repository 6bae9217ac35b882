import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Probed } from '../../devices/probe/index.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Lays a fixture out below `folder`: files at their paths under `root/`, and programs in `bin/` that print what it says
 * (`$ NAME ARGUMENTS`; `$! CODE NAME ARGUMENTS` for one that fails). Commands it does not name are as if not installed.
 */
export function layOut(fixture: string, folder: string): void {
  const programs = new Map<string, string[]>([['dpkg-query', []]]);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const part of readFileSync(fixture, 'utf8').split(/^=== /m).slice(1)) {
    const end = part.indexOf('\n');
    const [title, content] = [part.slice(0, end), part.slice(end + 1).replace(/\n$/, '')];
    const [, code = '0', name, args] = /^\$(?:! (\d+))? (\S+) ?(.*)$/.exec(title) ?? [];
    if (!name) {
      const path = join(folder, 'root', title);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${content}\n`);
      continue;
    }
    const says = `printf '%s\\n' ${quoted(content)}; exit ${code}`;
    const line = args ? `[ "$*" = ${quoted(args)} ] && { ${says}; }` : says;
    programs.set(name, [...(programs.get(name) ?? []), line]);
  }
  for (const [name, lines] of programs)
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${lines.join('\n')}\nexit 1\n`, { mode: 0o755 });
}

/** Runs commands as real processes here; with `path`, programs there come first. */
export function processDevice(name: string, path?: string): Probed {
  const env = path === undefined ? process.env : { ...process.env, PATH: `${path}:${process.env.PATH}` };
  return {
    name,
    exec: ([program, ...args]) =>
      new Promise((resolve, reject) => {
        const child = spawn(program!, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
        const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
        child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
        child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
        child.on('error', reject);
        child.on('close', (code) =>
          resolve({ code: code ?? 1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) }),
        );
      }),
  };
}
