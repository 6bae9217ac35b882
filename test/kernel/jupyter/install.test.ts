import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installKernelSpec } from '../../../kernel/jupyter/install.ts';
import { notebookFolder } from '../notebook-folder.ts';

const home = notebookFolder();

test.each([
  [{ kind: 'prefix', folder: home }, {}, 'share/jupyter'],
  [{ kind: 'sys-prefix' }, { VIRTUAL_ENV: home }, 'share/jupyter'],
  [{ kind: 'sys-prefix' }, { CONDA_PREFIX: home }, 'share/jupyter'],
  [{ kind: 'user' }, { JUPYTER_DATA_DIR: join(home, 'own') }, 'own'],
] as const)('%o', (place, env, folder) => {
  const written = installKernelSpec(place, env);
  expect(written).toBe(join(home, folder, 'kernels', 'edgebook'));
  const spec = JSON.parse(readFileSync(join(written, 'kernel.json'), 'utf8'));
  expect(spec).toMatchObject({ language: 'typescript', interrupt_mode: 'message' });
  expect(spec.argv).toEqual([
    process.execPath,
    expect.stringMatching(/kernel.cli\.ts$/),
    'kernel',
    '{connection_file}',
  ]);
  expect(readFileSync(join(written, 'logo-svg.svg'), 'utf8')).toMatch(/^<svg/);
});

test('sys-prefix without an environment says what to do', () => {
  expect(() => installKernelSpec({ kind: 'sys-prefix' }, {})).toThrow('--prefix DIR');
});
