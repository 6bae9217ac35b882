import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { type CellBench, cells } from './cells.ts';
import { Notebook } from './rig/notebook.ts';
import { type SshRig, sessionProcesses, sshdProgram, startSshd } from './rig/sshd.ts';

/** Processes of this user with all of `words` in their command line. */
const processes = (...words: string[]): number[] =>
  execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => words.every((word) => line.includes(word)))
    .map((line) => Number.parseInt(line, 10));

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
};

/** A device on this machine, whose agents have `mark` in their command line. */
const benchHere = (notebook: Notebook, mark: string): CellBench => ({
  notebook,
  processor: cpus()[0]!.model,
  killAgents: async () => {
    for (const pid of processes('kernel/agent/agent', mark)) kill(pid);
  },
});

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

describe('cells on local:', () => {
  let notebook: Notebook;
  beforeAll(async () => {
    notebook = new Notebook();
    await notebook.good('%attach edge local:');
  });
  afterAll(() => notebook.close());
  cells(() => benchHere(notebook, process.execPath));
});

describeWith('cells on ssh:', [sshdProgram], () => {
  let rig: SshRig;
  let notebook: Notebook;
  const attach = () => `%attach edge ssh://${rig.host}:${rig.port}`;
  beforeAll(async () => {
    rig = await startSshd({ known: false });
    process.env.EDGEBOOK_SSH_CONFIG = join(rig.folder, 'ssh_config');
    notebook = new Notebook();
  });
  afterAll(async () => {
    await notebook.close();
    rig.close();
    delete process.env.EDGEBOOK_SSH_CONFIG;
  });

  test('an unknown host key is shown, never taken silently, and trusted by its fingerprint', async () => {
    const known = () => readFileSync(join(rig.folder, 'known_hosts'), 'utf8');
    const { error } = await notebook.run(attach());
    const real = execFileSync('ssh-keygen', ['-lf', join(rig.folder, 'hostkey.pub')], {
      encoding: 'utf8',
    }).split(' ')[1]!;
    expect(error).toContain(`%attach edge URL --trust ${real}`);
    expect((await notebook.run(`${attach()} --trust SHA256:other`)).error).toContain(
      'is not the SHA256:other that you trust',
    );
    expect(known()).toBe('');
    expect((await notebook.run('%%on edge\n1')).error).toContain("Unknown device 'edge'");
    await notebook.good(`${attach()} --trust ${real}`);
    expect(known()).toContain(readFileSync(join(rig.folder, 'hostkey.pub'), 'utf8').split(' ')[1]!);
    await notebook.good(attach());
  });

  test('on a bare machine the first cell brings all it needs, and says what', async () => {
    expect(readdirSync(rig.home)).toEqual([]);
    const { stdout, shown } = await notebook.good('%%on edge\nprocess.execPath');
    expect(stdout).toMatch(/edge: onnxruntime 1.27.0 sent, \d+ MB, sha256 checked/);
    expect(stdout).toMatch(/edge: Edgebook sent, [\d.]+ MB, sha256 checked/);
    expect(shown.at(-1)).toMatch(/node'$/);
    expect(readdirSync(rig.home)).toEqual(['.edgebook']);
    expect(readdirSync(join(rig.home, '.edgebook/incoming'))).toEqual([]);
  });

  cells(() => benchHere(notebook, rig.home));

  test('the connection killed: a clear error at once, and the next cell connects anew', async () => {
    const running = notebook.run('%%on edge\nawait new Promise((resolve) => setTimeout(resolve, 60_000))');
    await new Promise((resolve) => setTimeout(resolve, 700));
    for (const pid of sessionProcesses(rig)) kill(pid);
    expect((await running).error).toMatch(/DeviceError: edge: /);
    expect((await notebook.good('%%on edge\n1 + 1')).shown).toEqual(['2']);
  });

  test('the next session of the notebook knows the device, and nothing is sent again', async () => {
    const path = join(notebook.folder, '.edgebook/devices.json');
    const { devices } = JSON.parse(readFileSync(path, 'utf8')) as { devices: unknown[] };
    expect(devices).toEqual([{ name: 'edge', url: `ssh://${rig.host}:${rig.port}` }]);
    expect((await notebook.good('%detach edge')).stdout).toBe('edge is detached\n');
    await notebook.good(attach());
    expect((await notebook.good('%%on edge\n3')).stdout).toBe('');
  });

  test('%detach --clean leaves nothing, no file and no process', async () => {
    await notebook.good('%detach edge --clean');
    expect(readdirSync(rig.home)).toEqual([]);
    expect(processes('kernel/agent/agent', rig.home)).toEqual([]);
    expect(existsSync(rig.folder)).toBe(true);
  });
});
