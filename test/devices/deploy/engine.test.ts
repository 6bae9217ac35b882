import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildArgv, buildEngine, engineFolder } from '../../../devices/deploy/index.ts';
import type { ExecResult, Transport } from '../../../devices/device.ts';
import { LocalTransport } from '../../../devices/local-transport.ts';
import { Model } from '../../../src/ir/index.ts';
import { dense, sequential } from '../../../src/layers/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';

const model = sequential([4], [dense(2)], { seed: 1 });
const options = { model, sha256: 'abc', file: 'a/model.onnx', trtexec: '/opt/trtexec', gpu: 'Orin' };

test('another model, TensorRT or GPU has another engine', () => {
  const key = { model: 'abc', tensorrt: '10.3.0', gpu: 'Orin' };
  const folders = [
    key,
    { ...key, model: 'abd' },
    { ...key, tensorrt: '10.4.0' },
    { ...key, gpu: 'Xavier' },
  ].map(engineFolder);
  expect(new Set(folders).size).toBe(4);
  expect(engineFolder({ ...key })).toBe(folders[0]);
});

test.each([
  ['8.5.2', ['--buildOnly', '--fp16', '--sparsity=enable']],
  ['8.6.1', ['--skipInference', '--fp16', '--sparsity=enable']],
  ['10.3.0', ['--skipInference', '--fp16', '--sparsity=enable']],
  ['11.1.0', ['--skipInference', '--shapes=input:1x4']],
])('TensorRT %s is asked with %j', (tensorrt, flags) => {
  const argv = buildArgv({ ...options, tensorrt, part: 'e.part' });
  expect(argv.slice(1, 3)).toEqual(['--onnx=a/model.onnx', '--saveEngine=e.part']);
  expect(argv.slice(3, 3 + flags.length)).toEqual(flags);
  expect(argv.at(-1)).toBe('--shapes=input:1x4');
});

test('a quantized model may use int8, before 11 where that must be allowed', () => {
  const b = createBuilder();
  const pair = [b.constant('float32', [0.1], []), b.constant('int8', new Int8Array(1), [])];
  const q = b.op('QuantizeLinear', [b.input('x', 'float32', [1, 4]), ...pair]);
  b.output(b.op('DequantizeLinear', [q, ...pair]), 'y');
  const quantized = { ...options, model: new Model(b.graph), part: 'e' };
  expect(buildArgv({ ...quantized, tensorrt: '10.3.0' }).slice(3)).toEqual([
    '--skipInference',
    '--fp16',
    '--int8',
    '--sparsity=enable',
  ]);
  expect(buildArgv({ ...quantized, tensorrt: '11.1.0' }).slice(3)).toEqual(['--skipInference']);
  expect(() => buildArgv({ ...quantized, tensorrt: '9.1.0' })).toThrow('must be 8, 10 or 11, was 9.1.0');
});

/** A device whose trtexec answers with a text. */
function device(
  answer: (argv: readonly string[]) => Partial<ExecResult> & { readonly text: string },
): Transport {
  const exec: Transport['exec'] = async (argv) => {
    const { text, code = 0 } = argv.includes('/opt/trtexec') ? answer(argv) : { text: '' };
    return { code, stdout: Buffer.from(text), stderr: new Uint8Array() };
  };
  return { name: 'board', exec } as Transport;
}

const banner = '&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec\n';

test('what trtexec says of a model that it cannot build is the reason', async () => {
  const refusing = device((argv) =>
    argv.includes('--help')
      ? { text: banner }
      : {
          code: 1,
          text: `${banner}[10/03/2024-10:47:59] [E] [TRT] ModelImporter.cpp: No importer registered for op: Foo\n`,
        },
  );
  await expect(buildEngine(refusing, options)).rejects.toThrow(
    'board: TensorRT could not build an engine: [TRT] ModelImporter.cpp: No importer registered for op: Foo',
  );
  const silent = device(() => ({ text: 'killed' }));
  await expect(buildEngine(silent, options)).rejects.toThrow('/opt/trtexec tells no version of TensorRT');
  // Cut off before its last line, with an exit code that says nothing of it.
  const cut = device(() => ({ text: banner }));
  await expect(buildEngine(cut, options)).rejects.toThrow('could not build an engine');
});

test('an engine is built once, and kept by what it is for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-engine-'));
  const before = process.env.HOME;
  process.env.HOME = folder;
  const transport = new LocalTransport('board', folder);
  try {
    const trtexec = join(folder, 'trtexec');
    const build = `for o; do case $o in --saveEngine=*) echo engine > "\${o#*=}"; echo x >> builds;; esac; done`;
    writeFileSync(trtexec, `#!/bin/sh\necho '${banner}'\n${build}\necho '&&&& PASSED TensorRT.trtexec'\n`, {
      mode: 0o755,
    });
    const first = await buildEngine(transport, { ...options, trtexec });
    expect(first).toMatchObject({ tensorrt: '8.6.1', gpu: 'Orin', bytes: 7, isKept: false });
    expect(readFileSync(join(folder, first.path), 'utf8')).toBe('engine\n');
    expect(await buildEngine(transport, { ...options, trtexec })).toMatchObject({
      ...{ path: first.path, bytes: 7, isKept: true },
    });
    await buildEngine(transport, { ...options, trtexec, gpu: 'Xavier' });
    expect(readFileSync(join(folder, 'builds'), 'utf8')).toBe('x\nx\n');
  } finally {
    await transport.close();
    process.env.HOME = before;
    rmSync(folder, { recursive: true, force: true });
  }
});
