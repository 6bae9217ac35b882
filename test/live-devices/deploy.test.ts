import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { Notebook } from './rig/notebook.ts';
import { type SshRig, sshdProgram, startSshd, until } from './rig/sshd.ts';

interface Rig {
  readonly notebook: Notebook;
  /** The device's home folder, on this machine. */
  readonly home: string;
}

const processes = (word: string): number[] =>
  execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(word) && !line.includes('ps -eo'))
    .map((line) => Number.parseInt(line, 10));

/** What %deploy does on a device called `edge`, whatever the way to it. */
function deployments(rig: () => Rig): void {
  const good = (code: string) => rig().notebook.good(code);
  const port = () => Number(readFileSync(join(rig().home, '.edgebook/service/port'), 'utf8'));
  const pid = () => Number(readFileSync(join(rig().home, '.edgebook/service/service.pid'), 'utf8'));
  const slot = () => readFileSync(join(rig().home, '.edgebook/deploy/main/current'), 'utf8').trim();
  /** Status and variant that the service answers with. */
  const ask = async (): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port()}/v1/models/main`, {
      method: 'POST',
      body: JSON.stringify({ inputs: { x: { shape: [1, 1024], data: new Array(1024).fill(0.5) } } }),
    });
    const { variant } = (await response.json()) as { variant?: string };
    return `${response.status} ${variant}`;
  };

  test('a model of 100 MB is deployed, checked there, and served', async () => {
    await good(`import { createBuilder, Dataset, Model, Tensor } from 'edgebook'
const weights = (rows: number, columns: number, value: number) =>
  Tensor.of('float32', Float32Array.from({ length: rows * columns }, (_, i) => value * Math.sin(i)), [rows, columns])
const shared = weights(1024, 24000, 0.01), middle = weights(24000, 16, 0.01)
function big(value: number): Model {
  const b = createBuilder()
  const x = b.input('x', 'float32', ['N', 1024])
  const h = b.op('MatMul', [b.op('MatMul', [x, b.initializer('w1', shared)]), b.initializer('w2', middle)])
  b.output(b.op('MatMul', [h, b.initializer('w3', weights(16, 100_000, value))]), 'y')
  return new Model(b.graph)
}
const first = big(0.01), second = big(0.02)`);
    const { shown, stdout } = await good('const one = %deploy edge first\none');
    expect(shown.at(-1)).toMatch(/first is served from slot a; 100.0 % of its bytes had to travel/);
    expect(stdout).toMatch(/edge: 'first' was held against the rules of ort-/);
    expect(await ask()).toBe('200 first');
  });

  test('a changed last layer travels as at most 1.1 of its bytes, and no request of a stream fails', async () => {
    const seen: string[] = [];
    let isOver = false;
    const stream = (async () => {
      while (!isOver) seen.push(await ask());
    })();
    const { stdout } = await good(
      'const two = %deploy edge second\nconsole.log(two.facts.sent, two.facts.manifest.bytes)',
    );
    const [sent, bytes] = stdout.trim().split('\n').at(-1)!.split(' ').map(Number);
    console.log(`deploy: ${sent} of ${bytes} bytes travelled for a layer of ${4 * 16 * 100_000}`);
    expect(bytes).toBeGreaterThan(100e6);
    expect(sent).toBeLessThan(1.1 * 4 * 16 * 100_000);
    await until(() => seen.at(-1) === '200 second');
    isOver = true;
    await stream;
    expect(new Set(seen)).toEqual(new Set(['200 first', '200 second']));
    console.log(`switch: ${seen.length} requests, all answered`);
  });

  test('a failed check keeps the old one; %rollback brings back the one before', async () => {
    const failed = await rig().notebook.run(`const b = createBuilder()
b.output(b.op('MatMul', [b.input('x', 'float32', ['N', 1024]), b.initializer('w', weights(1024, 2, 1))]), 'y')
const sick = new Model(b.graph)
const images = new Float32Array(8 * 1024).fill(1), labels = Uint8Array.from([0, 1, 0, 1, 0, 1, 0, 1])
const coin = new Dataset({
  name: 'coin', sampleShape: [1024], classNames: ['a', 'b'], splits: { test: { images, labels } },
  normalization: { scale: 1, mean: [0], std: [1] },
})
%deploy edge sick --data coin --min-score 99%`);
    expect(failed.error).toContain(
      "edge: 'sick' failed its check there and is not served: top-1 accuracy there is 50.00 %, must be 99.00 %",
    );
    expect(await ask()).toBe('200 second');
    await good('%rollback edge');
    expect(await ask()).toBe('200 first');
    await good('%rollback edge');
    expect(await ask()).toBe('200 second');
    expect((await rig().notebook.run('%deploy edge first --target edgetpu')).error).toContain(
      "'first' does not keep the rules of edgetpu",
    );
  });

  test('killed by force it comes again, and the table says so', async () => {
    const killed = pid();
    process.kill(killed, 'SIGKILL');
    await until(async () => pid() !== killed && (await ask().catch(() => '')) === '200 second', 20_000);
    const { shown } = await good('%deployments edge');
    expect(shown.at(-1)).toMatch(/edge +main +second +a|edge +main +second +b/);
    expect(shown.at(-1)).toContain(`localhost:${port()}/v1/models/main`);
    const tried = await good('%deployments edge --try');
    expect(tried.shown.at(-1)!.replaceAll(/\s+/g, ' ')).toMatch(/y \[1, 100000\]: number/);
  });

  test('an interrupt during the transfer leaves the old one, and the next try works', async () => {
    const was = slot();
    const controller = new AbortController();
    const running = rig().notebook.run('const third = big(0.03)\n%deploy edge third', controller.signal);
    await sleep(1500);
    controller.abort();
    const { error } = await running;
    if (error !== undefined) {
      expect(error).toContain('Interrupted');
      expect([slot(), await ask()]).toEqual([was, '200 second']);
    }
    await good('%deploy edge third');
    expect(await ask()).toBe('200 third');
  });

  test('%detach --clean stops the service and leaves nothing', async () => {
    await good('%detach edge --clean');
    expect(processes(join(rig().home, '.edgebook'))).toEqual([]);
    expect(existsSync(join(rig().home, '.edgebook/deploy'))).toBe(false);
    expect(existsSync(join(rig().home, '.edgebook/service'))).toBe(false);
  });
}

let home: string;
const before = process.env.HOME;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'edgebook-home-'));
  process.env.HOME = home;
});
afterAll(() => {
  process.env.HOME = before;
  rmSync(home, { recursive: true, force: true });
});

describe('deployments on local:', () => {
  let notebook: Notebook;
  beforeAll(async () => {
    notebook = new Notebook();
    await notebook.good('%attach edge local:');
  });
  afterAll(() => notebook.close());
  deployments(() => ({ notebook, home }));
});

describeWith('deployments on ssh:', [sshdProgram], () => {
  let rig: SshRig;
  let notebook: Notebook;
  beforeAll(async () => {
    rig = await startSshd();
    process.env.EDGEBOOK_SSH_CONFIG = join(rig.folder, 'ssh_config');
    notebook = new Notebook();
    await notebook.good(`%attach edge ssh://${rig.host}:${rig.port}`);
  });
  afterAll(async () => {
    await notebook.close();
    rig.close();
    delete process.env.EDGEBOOK_SSH_CONFIG;
  });
  deployments(() => ({ notebook, home: rig.home }));

  test('nothing is left in the home folder', () => expect(readdirSync(rig.home)).toEqual([]));
});
