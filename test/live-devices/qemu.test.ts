import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { type CellBench, cells } from './cells.ts';
import { conformance, type Home } from './conformance.ts';
import { boardRequirement, bySsh, startBoard } from './rig/board.ts';
import { builtSession, Notebook } from './rig/notebook.ts';
import { until } from './rig/sshd.ts';

/** The home folder of a board, by ssh alone. */
const homeThere = (options: readonly string[]): Home => {
  const quoted = (path: string) => `'${path.replaceAll("'", `'\\''`)}'`;
  return {
    read: (path) => bySsh(options, `cat ${quoted(path)}`),
    path: async (path) => (await bySsh(options, `echo "$HOME"/${quoted(path)}`)).toString().trim(),
    list: async (path) =>
      (await bySsh(options, `ls -A ${quoted(path)}`)).toString().split('\n').filter(Boolean).toSorted(),
    mode: async (path) => Number.parseInt((await bySsh(options, `stat -c %a ${quoted(path)}`)).toString(), 8),
  };
};

/** The emulators that these tests have started and that still run. */
const emulators = (): string[] =>
  readdirSync('/proc').filter((name) => {
    const command = /^\d+$/.test(name) ? commandOf(name) : '';
    return command.startsWith('qemu-system-aarch64') && command.includes(temporary);
  });

function commandOf(pid: string): string {
  try {
    return readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
  } catch {
    return '';
  }
}

/** User and system time of a process so far; the kernel counts in hundredths. */
function processorSeconds(pid: string): number {
  const fields = readFileSync(join('/proc', pid, 'stat'), 'utf8')
    .split(') ')[1]!
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

let temporary: string;
const before = process.env.TMPDIR;
beforeAll(() => {
  // What boards have here is told apart from that of others.
  temporary = mkdtempSync(join(tmpdir(), 'edgebook-boards-'));
  process.env.TMPDIR = temporary;
});
afterAll(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(temporary, { recursive: true, force: true });
});

describeWith('an emulated board', [boardRequirement()], () => {
  conformance('conformance', async () => {
    const { transport, board } = await startBoard('board');
    return { transport, home: homeThere(board.sshOptions), close: () => transport.close() };
  });
});

describeWith('cells on an emulated board', [boardRequirement()], () => {
  let notebook: Notebook;
  let options: readonly string[];
  let processor: string;
  beforeAll(async () => {
    notebook = new Notebook(await builtSession());
  });
  afterAll(() => notebook.close());

  test('from nothing to a first result on a bare board: one cell after %attach, nothing by hand', async () => {
    const begin = performance.now();
    const attached = await notebook.good('%attach edge qemu:arm64');
    const booted = performance.now();
    const { stdout, shown } = await notebook.good('%%on edge\n[process.arch, 6 * 7]');
    const done = performance.now();
    const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
    console.log(
      `first result on a bare emulated board after ${seconds(begin, done)}: ${seconds(begin, booted)} to attach, ${seconds(booted, done)} for the first cell (load of this machine ${loadavg()[0]!.toFixed(1)})`,
    );
    const [emulator] = emulators();
    console.log(`of it ${processorSeconds(emulator!).toFixed(1)} s of processor time for the emulator`);
    const model = "(await import('node:os')).cpus()[0]?.model.trim() || 'unknown processor'";
    processor = (await notebook.good(`%%on edge\n${model}`)).shown.at(-1)!.slice(1, -1);
    expect(attached.stdout).toContain('edge is emulated by QEMU: times taken there say nothing');
    expect(stdout).toMatch(/edge: Node [\d.]+ sent, \d+ MB, sha256 checked/);
    expect(stdout).toMatch(/edge: onnxruntime 1.27.0 sent/);
    expect(shown.at(-1)).toBe("[ 'arm64', 42 ]");
    const [folder] = readdirSync(temporary).filter((name) => name.startsWith('edgebook-qemu-'));
    options = ['-F', join(temporary, folder!, 'ssh_config')];
  });

  cells(
    (): CellBench => ({
      notebook,
      processor,
      killAgents: async () =>
        void (await bySsh(options, "pkill -KILL -f '^/[^ ]*node .*[k]ernel/agent/agent'")),
    }),
  );

  test('the MNIST int8 model gives the same outputs there as here', async () => {
    await notebook.good(`import { InferenceSession, writeModel } from 'edgebook'
%data mnist
const digits = mnist.take(1500)`);
    await notebook.good('%train mobile --data digits --epochs 1 --lr 0.003 --schedule one-cycle');
    await notebook.good('%quantize mobile --calib digits --as small');
    await notebook.good(`const quantized = small.model
const session = await InferenceSession.create(writeModel(quantized))
const [batch] = await Array.fromAsync(digits.batches('test', { batchSize: 64, limit: 64 }))
const images = batch.images
const [here] = Object.values(await session.run({ [session.inputs[0].name]: images }))
%push quantized,images --to edge`);
    await notebook.good('%%on edge\nconst there = await edge.run(quantized, images)');
    await notebook.good('%pull there --from edge');
    const { shown } = await notebook.good(`const largest = (row) => row.indexOf(Math.max(...row))
const rows = (tensor) => Array.from({ length: 64 }, (_, i) => Array.from(tensor.data.slice(10 * i, 10 * i + 10)))
const equal = here.data.filter((value, i) => value === there.data[i]).length
const same = rows(here).filter((row, i) => largest(row) === largest(rows(there)[i])).length
const distance = Math.max(...Array.from(here.data, (value, i) => Math.abs(value - there.data[i])))
JSON.stringify({ shape: there.shape, equal, same, distance, largest: Math.max(...here.data.map(Math.abs)) })`);
    console.log(`MNIST int8, x64 beside arm64: ${shown.at(-1)}`);
    const result = JSON.parse(shown.at(-1)!.slice(1, -1)) as Record<string, number>;
    expect(result).toMatchObject({ shape: [64, 10], same: 64, equal: 640 });
  });

  test('a cell that takes all memory there is ended, which is said, and the board lives on', async () => {
    // What is free is mostly files that it has read, as on a board that has been up for long.
    await bySsh(options, 'find /usr ~/.edgebook -type f -exec cat {} + >/dev/null');
    const { error } = await notebook.run(
      '%%on edge\nconst all = []\nfor (;;) all.push(Buffer.alloc(16e6, 1))',
    );
    expect(error).toMatch(
      /RuntimeDied.*it held \d+ MB when \d+ MB of \d+ MB were left|(RuntimeDied|DeviceError).*was the memory full\?/,
    );
    expect((await notebook.good('%%on edge\n40 + 2')).shown.at(-1)).toBe('42');
  });

  test('%devices looks into it, and says that it is emulated', async () => {
    const { shown } = await notebook.good('%devices edge');
    expect(shown.join()).toContain('Cortex-A76');
    expect(shown.join()).toContain(
      'QEMU virt emulates it, and times taken there say nothing about a real one',
    );
  });

  test('%detach shuts it down, and nothing of it is left here', async () => {
    expect(emulators().length).toBe(1);
    await notebook.good('%detach edge');
    expect(emulators()).toEqual([]);
    expect(readdirSync(temporary).filter((name) => name.startsWith('edgebook-qemu-'))).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('a board ends with its session, also by %s', async (signal) => {
    const other = new Notebook(await builtSession());
    try {
      await other.good('%attach edge qemu:arm64?memory=256&cpus=1');
      const pid = Number((await other.good('process.pid')).shown.at(-1));
      expect(emulators().length).toBe(1);
      process.kill(pid, signal);
      await until(() => emulators().length === 0, 20_000);
    } finally {
      await other.close();
    }
  });
});
