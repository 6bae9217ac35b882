import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ProbeReport, probe } from '../../../devices/probe/index.ts';
import { DeviceError } from '../../../src/errors.ts';
import { layOut, processDevice } from '../../support/fixture-board.ts';

const boards = globSync('test/fixtures/devices/*.txt').map((path) => basename(path, '.txt'));

async function probeBoard(name: string): Promise<ProbeReport> {
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-board-'));
  try {
    layOut(`test/fixtures/devices/${name}.txt`, folder);
    return await probe(processDevice(name, join(folder, 'bin')), { root: join(folder, 'root') });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('boards', () => {
  /** Boards with something that no profile has are matched without it. */
  const other: Record<string, string> = {
    'raspberry-pi-5-hailo-8l': 'raspberry-pi-5',
    'raspberry-pi-5-hailo-mismatch': 'raspberry-pi-5',
  };
  test('are there', () => expect(boards.length).toBe(16));
  test.each(boards)('%s is matched to its profile', async (name) => {
    const { profile } = await probeBoard(name);
    expect(profile?.name).toBe(other[name] ?? name);
  });
});

test('a Jetson tells its software, power mode and temperatures', async () => {
  const { facts, rows } = await probeBoard('jetson-orin-nano');
  expect(facts.model).toBe('NVIDIA Jetson Orin Nano Developer Kit');
  expect(facts.nvidia).toMatchObject({
    l4t: '36.4.3',
    jetpack: '6.2+b77',
    tensorrt: '10.3.0.30',
    cuda: '12.6.68',
    trtexec: '/usr/src/tensorrt/bin/trtexec',
    powerMode: '15W',
  });
  expect(facts.cpu).toEqual({
    cores: 6,
    clusters: [{ name: 'Cortex-A78AE', cores: 6 }],
    features: ['asimd', 'asimdhp', 'asimddp'],
  });
  expect(facts.memory).toEqual({ total: 7802880 * 1024, available: 3901440 * 1024 });
  expect(facts.disk).toEqual({ total: 61000000 * 1024, available: 40000000 * 1024 });
  // The sensor that is off is none.
  expect(facts.zones).toEqual([{ name: 'cpu-thermal', celsius: 48.312 }]);
  expect(rows).toContainEqual({ fact: 'TensorRT', value: '10.3.0.30' });
});

test('JetPack and TensorRT are not guessed where no package says them', async () => {
  const { nvidia } = (await probeBoard('jetson-agx-orin')).facts;
  expect(nvidia).toEqual({ l4t: '36.4.3', powerMode: 'MAXN', gpus: [] });
});

test('a Pi tells its throttling, governor and camera', async () => {
  const { facts, warnings } = await probeBoard('raspberry-pi-4');
  expect(facts.throttling).toEqual({
    now: ['undervoltage', 'throttled'],
    since: ['undervoltage', 'throttled'],
  });
  expect(facts.governors).toEqual(['ondemand']);
  expect(facts.cameras).toEqual(['unicam (/dev/video0)']);
  expect(warnings[0]).toBe('Held back now: undervoltage, throttled.');
});

test('accelerators: the architecture decides for Hailo, the USB number for sticks', async () => {
  expect((await probeBoard('raspberry-pi-5-hailo-8l')).facts.accelerators).toEqual([
    { kind: 'hailo', name: 'HAILO8L', version: '4.20.0' },
  ]);
  expect((await probeBoard('raspberry-pi-5-coral')).facts.accelerators).toEqual([
    { kind: 'coral', name: 'Coral USB Accelerator, not used yet' },
  ]);
  expect((await probeBoard('intel-nuc-movidius')).facts.openvino).toBe('2024.6.0');
  expect((await probeBoard('intel-core-ultra')).facts.openvino).toBe('openvino_2025');
});

test('a Hailo whose driver and library differ is told with the remedy', async () => {
  const { facts, warnings } = await probeBoard('raspberry-pi-5-hailo-mismatch');
  expect(facts.accelerators).toEqual([]);
  expect(warnings).toEqual([
    'Hailo: driver 4.23.0 and library 4.22.0 must have the same version: install one release of both.',
  ]);
});

test.runIf(process.platform === 'linux')('this machine, as Node sees it', async () => {
  const { facts } = await probe(processDevice('local'));
  expect(facts.cpu.cores).toBe(cpus().length);
  expect(facts.cpu.clusters[0]?.name).toBe(cpus()[0]?.model);
  expect(facts.memory?.total).toBe(totalmem());
  expect(facts.kernel).toContain(release());
});

test('a device whose shell does not come to the end is told', async () => {
  const broken = {
    ...processDevice('board'),
    exec: () => processDevice('board').exec(['sh', '-c', 'echo no >&2; exit 3']),
  };
  await expect(probe(broken)).rejects.toThrow(DeviceError);
  await expect(probe(broken)).rejects.toThrow("its 'sh' ended with exit code 3 (no)");
});
