import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const packageFolder = dirname(require.resolve('onnxruntime-node/package.json'));

/** Where versions 1.29 and later report to; they keep a device id and a database under ~/.cache/Microsoft. */
const traces = ['events.data.microsoft.com', 'OneCollector'];

describe('a process that runs a model', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'edgebook-home-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  test('turns telemetry off and leaves an empty home folder empty', () => {
    const script = fileURLToPath(new URL('support/run-small-model.ts', import.meta.url));
    const env = { PATH: process.env.PATH, HOME: home, USERPROFILE: home };
    const output = execFileSync(process.execPath, [script], { cwd: home, env, encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({ y: [0, 0, 2], telemetryDisabled: '1' });
    expect(readdirSync(home, { recursive: true })).toEqual([]);
  });
});

describe('onnxruntime-node', () => {
  test('is pinned to the exact version that is installed', () => {
    const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    const installed = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
    expect(own.dependencies['onnxruntime-node']).toBe(installed.version);
  });

  test('has no telemetry client in the libraries of any platform', () => {
    const libraries = globSync('bin/**/{*onnxruntime*.{so,so.*,dylib,dll},*.node}', { cwd: packageFolder });
    expect(libraries.filter((path) => path.includes(process.platform)).length).toBeGreaterThan(0);
    const found = libraries.flatMap((path) => {
      const bytes = readFileSync(join(packageFolder, path));
      return traces.filter((trace) => bytes.includes(trace)).map((trace) => `${path}: ${trace}`);
    });
    expect(found).toEqual([]);
  });
});
