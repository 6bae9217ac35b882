import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A program that an extra suite needs: where it is, and why it cannot be used if so. */
export interface Requirement {
  readonly path: string;
  readonly missing?: string;
}

/** The Python named by an environment variable, or `fallback`, if it has all of `modules`. */
export function python(variable: string, modules: readonly string[], fallback = 'python3'): Requirement {
  const path = process.env[variable] ?? fallback;
  const script = 'import importlib.util as u, sys; print(*(m for m in sys.argv[1:] if not u.find_spec(m)))';
  const { status, stdout } = spawnSync(path, ['-c', script, ...modules], { encoding: 'utf8' });
  if (status !== 0) return { path, missing: `'${path}' is no working Python, set ${variable}` };
  const absent = stdout.trim();
  return absent
    ? { path, missing: `'${path}' lacks ${absent}, set ${variable} to a Python that has it` }
    : { path };
}

/** The program at the path in an environment variable, or at `fallback`. */
export const program = (variable: string, fallback: string): Requirement =>
  file(process.env[variable] ?? fallback, `set ${variable}`);

/** A file; `remedy` tells how to get it. */
export const file = (path: string, remedy: string): Requirement =>
  existsSync(path) ? { path } : { path, missing: `there is no '${path}', ${remedy}` };
