import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { diagnose, diagnosisLine } from '../../../magics/checks/index.ts';
import { kernelSpec } from '../../../magics/checks/jupyter.ts';
import { judgeProcessor } from '../../../magics/checks/machine.ts';
import { judgeNode } from '../../../magics/checks/node.ts';
import { version } from '../../../src/version.ts';

const home = mkdtempSync(join(tmpdir(), 'edgebook-doctor-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const env = { HOME: home, JUPYTER_DATA_DIR: join(home, 'jupyter'), PATH: '' };

test('every check gives one line, and one that is not well a remedy', async () => {
  const found = await diagnose({ env, cwd: home });
  for (const diagnosis of found) {
    expect(diagnosisLine(diagnosis)).toMatch(/^[✓!✗] [\w -]+: [^\n]+$/);
    expect(diagnosis.remedy !== undefined).toBe(diagnosis.level !== 'ok');
  }
  const levels = Object.fromEntries(found.map(({ name, level }) => [name, level]));
  expect(levels).toMatchObject({ zeromq: 'ok', onnxruntime: 'ok', TypeScript: 'ok', jupyter: 'warn' });
});

test.each([
  ['20.19.0', 'fail'],
  ['22.12.0', 'fail'],
  ['22.20.0', 'warn'],
  ['24.1.0', 'ok'],
])('Node %s: %s', (number, level) => {
  expect(judgeNode(number).level).toBe(level);
});

test.each([
  ['x64', ['avx2'], 'warn'],
  ['x64', ['avx2', 'avx512_vnni'], 'ok'],
  ['x64', ['avx_vnni'], 'ok'],
  ['arm64', [], 'ok'],
])('processor %s %o: %s', (arch, flags, level) => {
  expect(judgeProcessor('chip', arch, new Set(flags)).level).toBe(level);
});

describe('kernelspec', () => {
  const folder = join(env.JUPYTER_DATA_DIR, 'kernels', 'edgebook');
  const spec = (argv: string[], ours?: string) =>
    JSON.stringify({ argv, metadata: ours ? { edgebook: { version: ours } } : {} });

  test.each([
    ['not there', undefined, 'warn', 'edgebook install'],
    ['this one', spec([process.execPath, 'kernel'], version()), 'ok', undefined],
    ['another version', spec([process.execPath], '0.0.1'), 'warn', 'edgebook install'],
    ['gone', spec([join(home, 'gone/node')], version()), 'fail', 'edgebook install'],
    ['broken', '{', 'fail', 'edgebook install'],
  ])('%s', async (_what, text, level, remedy) => {
    mkdirSync(folder, { recursive: true });
    if (text !== undefined) writeFileSync(join(folder, 'kernel.json'), text);
    const found = await kernelSpec.run({ env, cwd: home });
    expect(found.level).toBe(level);
    if (remedy) expect(found.remedy).toContain(remedy);
  });
});

test('the commands install, doctor and uninstall, in a home of their own', () => {
  const cli = new URL('../../../kernel/cli.ts', import.meta.url).pathname;
  const own = {
    ...process.env,
    HOME: home,
    JUPYTER_DATA_DIR: join(home, 'own'),
    VIRTUAL_ENV: join(home, 'venv'),
  };
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [cli, ...args], { env: own, encoding: 'utf8', cwd: home });
  const installed = run('install');
  expect(installed.stdout).toContain(join(home, 'own/kernels/edgebook'));
  expect(installed.stdout).toContain('is active (VIRTUAL_ENV)');
  const doctor = run('doctor');
  expect(doctor.status).toBe(0);
  expect(doctor.stdout).toContain(`✓ kernelspec: ${join(home, 'own/kernels/edgebook')}`);
  writeFileSync(join(home, 'own/kernels/edgebook/kernel.json'), '{');
  expect(run('doctor').status).toBe(1);
  expect(run('install', '--sys-prefix').stdout).toContain('only its Jupyter sees');
  expect(run('uninstall', '--sys-prefix').status).toBe(0);
  expect(run('uninstall', '--sys-prefix')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('not installed'),
  });
});
