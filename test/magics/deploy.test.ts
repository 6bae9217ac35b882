import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeployReport } from '../../devices/deploy/index.ts';
import type { Variant } from '../../src/ledger/index.ts';
import { readModel } from '../../src/onnx/index.ts';
import type { Report } from '../../src/report.ts';
import { type MagicSession, magicSession } from './session.ts';

let session: MagicSession;
let home: string;
const before = process.env.HOME;
const deploy = (line: string) => session.run(`%deploy ${line}`) as Promise<DeployReport>;
const folder = (name: string) => join(home, '.edgebook/deploy', name);
const slotOf = (name: string) => readFileSync(join(folder(name), 'current'), 'utf8').trim();
const served = (name = 'main') =>
  JSON.parse(readFileSync(join(folder(name), slotOf(name), 'manifest.json'), 'utf8')) as { name: string };

function scale(numbers: Float32Array, by: number): void {
  numbers.set(numbers.map((x) => by * x));
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'edgebook-home-'));
  process.env.HOME = home;
  session = await magicSession();
  await session.run('%attach board local:');
  await session.run('%train mlp --limit 640 --epochs 1');
});

afterAll(async () => {
  await session.run('%detach board --clean');
  process.env.HOME = before;
  rmSync(home, { recursive: true, force: true });
});

test('a model is sent, checked there by its accuracy, and served', async () => {
  const report = await deploy('board mlp --samples 64');
  const [row] = report.rows;
  expect(row).toMatchObject({ device: 'board', slot: 'a, served', name: 'mlp', sent: row!.bytes });
  expect(row!.there).toMatch(/^\d+\.\d\d %$/);
  expect(row!.here).toBe(row!.there);
  expect(session.bars.at(-2)).toContain('deploy mlp to board: mlp is served from slot a');
  expect(session.bars.at(-1)).toMatch(/^service on board: serves main at port \d+ of its loopback$/);
  expect(served().name).toBe('mlp');
});

test('a changed classifier travels as its own bytes, and %rollback brings back what was served', async () => {
  const changed = readModel(Uint8Array.from((session.variables.get('mlp') as Variant).content()));
  const [largest, ...rest] = [...changed.graph.initializers.values()].toSorted(
    (a, b) => b.tensor!.bytes.length - a.tensor!.bytes.length,
  );
  // All but the first layer's weights.
  const others = rest.reduce((sum, { tensor }) => sum + tensor!.bytes.length, 0);
  for (const { tensor } of rest) if (tensor!.dtype === 'float32') scale(tensor!.data as Float32Array, 0.99);
  expect(largest!.tensor!.bytes.length).toBeGreaterThan(5 * others);
  session.variables.set('tuned', changed);
  const report = await deploy('board tuned --data mnist --samples 64');
  expect(report.facts.sent).toBeLessThan(1.1 * others + 4096);
  expect(report.rows.map(({ slot, name }) => [slot, name])).toEqual([
    ['b, served', 'tuned'],
    ['a, before', 'mlp'],
  ]);
  await session.run('%rollback board');
  expect(served().name).toBe('mlp');
  const { rows } = (await session.run('%deployments board')) as Report;
  expect(rows).toMatchObject([
    {
      ...{ device: 'board', name: 'main', model: 'mlp', slot: 'a', before: 'tuned' },
      ...{ state: 'served', restarts: 0, requests: 0, errors: 0, drift: '' },
    },
  ]);
});

test('a model that fails its check there is not served, and what is served stays', async () => {
  await expect(deploy('board tuned --data mnist --samples 64 --min-score 99.9%')).rejects.toThrow(
    /board: 'tuned' failed its check there and is not served: top-1 accuracy there is \d+\.\d+ %, must be 99.90 %.*What was served before still is/,
  );
  expect(served().name).toBe('mlp');
  expect(session.bars.at(-1)).toBe('deploy tuned to board: not deployed');
});

test('an interrupt during the check leaves the old one', async () => {
  const controller = new AbortController();
  const context = {
    ...session.context,
    signal: controller.signal,
    progress: () => ({
      update: ({ message = '' }) => {
        if (message.includes('running')) controller.abort(new Error('Interrupted'));
      },
      done: () => {},
    }),
  };
  await expect(session.run('%deploy board tuned --data mnist --samples 64', context)).rejects.toThrow(
    'Interrupted',
  );
  expect([served().name, readFileSync(join(folder('main'), 'current'), 'utf8')]).toEqual(['mlp', 'a\n']);
});

/** A trtexec that writes down what it is to build. */
function fakeTrtexec(bin: string, builds: string): void {
  const banner = 'echo "&&&& RUNNING TensorRT.trtexec [TensorRT v100300] # trtexec $*"';
  const build = `for o; do case $o in --saveEngine=*) echo engine > "\${o#*=}"; echo "$*" >> ${builds};; esac; done`;
  const passed = 'echo "&&&& PASSED TensorRT.trtexec [TensorRT v100300] # trtexec"';
  mkdirSync(bin);
  writeFileSync(join(bin, 'trtexec'), `#!/bin/sh\n${banner}\n${build}\n${passed}\n`, { mode: 0o755 });
}

test('several are served side by side; without data outputs are compared; trtexec builds an engine', async () => {
  const [bin, builds] = [join(home, 'bin'), join(home, 'builds')];
  fakeTrtexec(bin, builds);
  const { model } = session.variables.get('mlp') as Variant;
  session.variables.set('other', model.clone());
  const path = process.env.PATH;
  process.env.PATH = `${bin}:${path}`;
  const report = await deploy('board other --name second').finally(() => {
    process.env.PATH = path;
  });
  expect(report.rows[0]).toMatchObject({ there: 'identical', here: 'reference' });
  expect([served('second').name, served().name]).toEqual(['other', 'mlp']);
  expect(report.warnings.join()).toContain("'other' was checked with random numbers");
  expect(report.warnings.join()).toMatch(
    /board: engine of 0.0 MB for TensorRT 10.3.0 on .+ built in \d+ s: ~\/.edgebook\/engines\/[0-9a-f]{32}\/engine.plan. The service serves the model by onnxruntime/,
  );
  expect(readFileSync(builds, 'utf8').trim()).toMatch(
    /^--onnx=.edgebook\/deploy\/second\/next-[\w-]+\/model.onnx --saveEngine=\S+.part --skipInference --fp16 --sparsity=enable --shapes=input:1x1x28x28$/,
  );
});

test('--try sends a sample to each over HTTP, and requests are counted', async () => {
  const tried = (await session.run('%deployments board --try --data mnist')) as Report;
  expect(tried.rows.map(({ name, sent }) => [name, sent])).toEqual([
    ['main', 'mnist'],
    ['second', 'mnist'],
  ]);
  // The first digit of MNIST's test split is a 7, and both are the same network.
  expect(tried.rows[0]!.answer).toBe(tried.rows[1]!.answer);
  expect(tried.rows[0]!.answer).toMatch(/^logits \[1, 10\]: number \d is highest/);
  const { rows } = (await session.run('%deployments')) as Report;
  expect(rows.map(({ requests, p50 }) => [requests, Number(p50) > 0])).toEqual([
    [1, true],
    [1, true],
  ]);
  expect(rows[0]!.drift).toMatch(/^mean moved [\d.]+ σ$/);
});

test('what cannot be is said before anything is sent', async () => {
  await expect(deploy('jetson mlp')).rejects.toThrow("Unknown device 'jetson'");
  await expect(deploy('board nothing')).rejects.toThrow("Unknown model 'nothing'");
  await expect(deploy('board mlp --name ../x')).rejects.toThrow("was '../x'");
  await expect(deploy('board mlp --max-drop 5')).rejects.toThrow('--max-drop must be a share of 0 to 1');
  await expect(deploy('board other --max-drop 1%')).rejects.toThrow('needs a classifier and labelled data');
  await expect(deploy('board other --min-score 90%')).rejects.toThrow('must be in dB, as 30dB');
  await expect(deploy('board mlp --target edgetpu')).rejects.toThrow(
    /'mlp' does not keep the rules of edgetpu \(--target says so\): .*all its sizes must be numbers/,
  );
  await expect(session.run('%rollback board third')).rejects.toThrow('nothing is deployed there');
});
