import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { LocalTransport } from '../../../devices/local-transport.ts';
import { type DevicePower, powerText, readPower } from '../../../devices/power/index.ts';
import { DeviceError } from '../../../src/errors.ts';
import { type Board, fixtureBoard } from '../../support/board-transport.ts';

const boards: Board[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.remove();
});

/** Time goes on there by `sleep` alone: half a second, in which the counters rise by so many microjoules. */
const risingBy = (joules: Readonly<Record<string, number>>): string =>
  [
    'cd "$BOARD/root"',
    'echo "100.50 50.00" > proc/uptime',
    ...Object.entries(joules).map(([zone, uj]) => `echo ${uj} > sys/class/powercap/${zone}/energy_uj`),
  ].join('\n');

function laidOut(name: string): Board {
  const board = fixtureBoard(`test/fixtures/power/${name}.txt`);
  boards.push(board);
  return board;
}

const read = (name: string): Promise<DevicePower> => {
  const { transport, root } = laidOut(name);
  return readPower(transport, { root });
};

describe('boards', () => {
  const wanted: Record<string, [source: string, covers: string, from: string, watts: number]> = {
    'jetson-nano': ['tegrastats', 'board', 'POM_5V_IN', 1.91],
    'jetson-nano-root': ['tegrastats', 'board', 'POM_5V_IN', 1.333],
    'jetson-tx2': ['tegrastats', 'board', 'VDD_IN', 2.603],
    'jetson-xavier-nx': ['tegrastats', 'board', 'VDD_IN', 14.703],
    'jetson-agx-xavier': ['tegrastats', 'rails', 'sum of GPU, CPU, SOC, CV, VDDRQ, SYS5V', 3.123],
    'jetson-orin-nano': ['tegrastats', 'board', 'VDD_IN', 12.479],
    'jetson-agx-orin': ['tegrastats', 'rails', 'sum of VDD_GPU_SOC, VDD_CPU_CV, VIN_SYS_5V0', 13.907],
    'jetson-thor': ['tegrastats', 'board', 'VIN', 20.6],
    'ina3221-orin-nano': ['INA3221', 'board', 'VDD_IN', 7.5],
    'ina3221-agx-orin': [
      'INA3221',
      'rails',
      'sum of VDD_GPU_SOC, VDD_CPU_CV, VIN_SYS_5V0, VDDQ_VDD2_1V8AO',
      3.8 + 1.9 + 4.5 + 0.6,
    ],
    'ina3221-thor': ['INA3221', 'board', 'VIN', 20.9],
    'ina3221-jetpack-4': ['INA3221', 'board', 'POM_5V_IN', 2.15],
    // 1.1451 × the sum of the twelve products + 0.5879.
    'raspberry-pi-5': ['Raspberry Pi PMIC', 'board', '12 rails', 1.1451 * 2.319706 + 0.5879],
    'hwmon-power': ['hwmon', 'rails', 'amdgpu PPT + ina226', 8.392],
    'hwmon-current': ['hwmon', 'rails', 'ltc2945', 5.4],
  };
  test.each(Object.keys(wanted))('%s', async (name) => {
    const [source, covers, from, watts] = wanted[name]!;
    const found = await read(name);
    expect(found).toMatchObject({ source, none: undefined, reading: { covers, from } });
    expect(found.reading?.watts).toBeCloseTo(watts, 3);
  });

  test('every fixture is read by a test', () => {
    const others = ['rapl-laptop', 'rapl-server', 'raspberry-pi-4', 'charger-only', 'no-power'];
    const files = globSync('test/fixtures/power/*.txt').map((path) => basename(path, '.txt'));
    expect(files.toSorted()).toEqual([...Object.keys(wanted), ...others].toSorted());
  });
});

test.each(['no-power', 'charger-only', 'raspberry-pi-4'])('%s has none, and is told so', async (name) => {
  const { source, reading, none } = await read(name);
  expect([source, reading]).toEqual([undefined, undefined]);
  expect(none).toBe('none that can be read (looked for tegrastats, INA3221, Raspberry Pi PMIC, RAPL, hwmon)');
});

test('RAPL: the difference of two readings, also where the counter has begun again', async () => {
  const board = laidOut('rapl-laptop');
  // 328,850 µJ up to its end and 3,671,150 more: 4 J in half a second.
  const rise = risingBy({
    'intel-rapl:0': 3_671_150,
    'intel-rapl:0:0': 2_500_000,
    'intel-rapl:1': 9_900_000,
  });
  board.program('sleep', rise.replace('$BOARD', board.folder));
  const { source, reading } = await readPower(board.transport, { root: board.root });
  expect(source).toBe('RAPL');
  expect(reading).toMatchObject({ covers: 'package', from: 'package-0' });
  expect(reading?.watts).toBeCloseTo(8, 3);
  // Cores are a part of the package, and the platform is more than it: neither is added.
  expect(reading?.rails).toEqual({
    'package-0': expect.closeTo(8, 3),
    core: expect.closeTo(4, 3),
    uncore: 0,
    'psys-1': expect.closeTo(18, 3),
  });
});

test('RAPL of a server: two packages, and the memory beside them', async () => {
  const board = laidOut('rapl-server');
  const rise = risingBy({
    'intel-rapl:0': 1000 + 20e6,
    'intel-rapl:0:0': 500 + 3e6,
    'intel-rapl:1': 2000 + 10e6,
    'intel-rapl:1:0': 100 + 1e6,
  });
  board.program('sleep', rise.replace('$BOARD', board.folder));
  const { reading } = await readPower(board.transport, { root: board.root });
  expect(reading?.watts).toBeCloseTo(2 * (20 + 3 + 10 + 1), 6);
  expect(reading?.from).toBe('package-0 + dram + package-1 + dram-1');
});

test('what a figure is, and what it covers, in words', async () => {
  const text = async (name: string): Promise<string> => {
    const { reading, source } = await read(name);
    return powerText(reading!, source!);
  };
  expect(await text('jetson-orin-nano')).toBe('12.48 W (whole board: VDD_IN by tegrastats)');
  expect(await text('hwmon-current')).toBe('5.40 W (not the whole board: ltc2945 by hwmon)');
  expect(await text('raspberry-pi-5')).toMatch(
    /^about 3\.24 W \(whole board: 12 rails .*; estimate: 1\.1451 ×/,
  );
});

test('a tree of another device is read through `local:`', async () => {
  const { root } = laidOut('ina3221-orin-nano');
  const { reading } = await readPower(new LocalTransport('local'), { root });
  expect(reading?.rails).toEqual({ VDD_IN: 7.5, VDD_CPU_GPU_CV: 1.5, VDD_SOC: 1.25 });
});

test('a device whose shell does not come to the end is told', async () => {
  const { transport } = laidOut('no-power');
  const broken = { name: 'board', exec: () => transport.exec(['sh', '-c', 'exit 3']) };
  await expect(readPower(broken)).rejects.toThrow(DeviceError);
  await expect(readPower(broken)).rejects.toThrow("its 'sh' ended with exit code 3");
});
