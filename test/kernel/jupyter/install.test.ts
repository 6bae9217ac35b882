import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installKernelSpec, uninstallKernelSpec } from '../../../kernel/jupyter/install.ts';
import { notebookFolder } from '../notebook-folder.ts';

const home = notebookFolder();

test.each([
  [{ kind: 'prefix', folder: home }, {}, 'share/jupyter'],
  [{ kind: 'sys-prefix' }, { VIRTUAL_ENV: home }, 'share/jupyter'],
  [{ kind: 'sys-prefix' }, { CONDA_PREFIX: home }, 'share/jupyter'],
  [{ kind: 'user' }, { JUPYTER_DATA_DIR: join(home, 'own') }, 'own'],
] as const)('%o', async (place, env, folder) => {
  const written = await installKernelSpec(place, env);
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

test('sys-prefix without an environment says what to do', async () => {
  await expect(installKernelSpec({ kind: 'sys-prefix' }, {})).rejects.toThrow('--prefix DIR');
});

test('logos are PNGs of their size', async () => {
  const written = await installKernelSpec({ kind: 'prefix', folder: home });
  for (const size of [32, 64]) {
    const png = readFileSync(join(written, `logo-${size}x${size}.png`));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
  }
});

test('uninstall removes what install wrote, and nothing else', async () => {
  const place = { kind: 'prefix', folder: join(home, 'gone') } as const;
  const written = await installKernelSpec(place);
  expect(uninstallKernelSpec(place)).toEqual({ folder: written, left: [] });
  expect(existsSync(written)).toBe(false);
  await installKernelSpec(place);
  writeFileSync(join(written, 'mine.txt'), 'kept');
  expect(uninstallKernelSpec(place).left).toEqual(['mine.txt']);
  expect(readdirSync(written)).toEqual(['mine.txt']);
  expect(() => uninstallKernelSpec(place)).toThrow('not installed in');
  writeFileSync(join(written, 'kernel.json'), '{ "argv": ["other"] }');
  expect(() => uninstallKernelSpec(place)).toThrow("is not Edgebook's");
});

test.runIf(process.platform === 'linux')('a place that takes no folders is told, at once', async () => {
  await expect(installKernelSpec({ kind: 'prefix', folder: '/proc/edgebook' }, {})).rejects.toThrow(
    /cannot be installed in \/proc\/edgebook\/share\/jupyter\/kernels\/edgebook \(ENOENT\): .*--prefix DIR/,
  );
});
