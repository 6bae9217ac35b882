import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { npuUse } from '../../../devices/bench/trace-figures.ts';
import { PowerMonitor, powerSources } from '../../../devices/power/index.ts';
import { type Board, fixtureBoard } from '../../support/board-transport.ts';

let board: Board;
let monitor: PowerMonitor;
afterEach(async () => {
  await monitor.stop();
  board.remove();
});

const watch = (name: string, source: string | undefined): void => {
  board = fixtureBoard(`test/fixtures/power/${name}.txt`);
  monitor = new PowerMonitor(board.transport, { source, root: board.root, interval: 20 });
};

test('files are sampled on and on, with the time of the device', async () => {
  watch('ina3221-orin-nano', 'INA3221');
  await monitor.span(0.1);
  const { readings } = monitor.trace();
  expect(readings.length).toBeGreaterThan(1);
  expect(new Set(readings.map(({ watts }) => watts))).toEqual(new Set([7.5]));
  expect(readings.at(-1)!.at - readings[0]!.at).toBeGreaterThanOrEqual(0.1);
  const [, second] = readings;
  expect(monitor.trace(second!.at).readings[0]).toEqual(second);
});

test('a program that prints lines is started once', async () => {
  watch('jetson-orin-nano', 'tegrastats');
  await monitor.stop();
  const line = 'RAM 1/2MB CPU [1%@1] GR3D_FREQ 63%@[621] VDD_IN 12000mW/12000mW';
  board.program(
    'tegrastats',
    `[ "$*" = '--interval 20' ] || exit 1\nwhile :; do echo '${line}'; sleep 0.02; done`,
  );
  monitor = new PowerMonitor(board.transport, { source: 'tegrastats', root: board.root, interval: 20 });
  await monitor.span(0.05);
  expect(monitor.trace().readings[0]).toMatchObject({ watts: 12, gpu: 63, from: 'VDD_IN' });
});

test('temperatures come also without a power source', async () => {
  watch('no-power', undefined);
  while (monitor.now === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(monitor.trace()).toMatchObject({ readings: [], heat: [{ celsius: 40 }] });
});

test("the time of Intel's NPUs is read about once a second, and gives the use of the one that works most", async () => {
  watch('no-power', undefined);
  await monitor.stop();
  const count = (name: string, micros: number) => {
    const accel = join(board.root, 'sys/class/accel', name, 'device');
    mkdirSync(accel, { recursive: true });
    writeFileSync(join(accel, 'npu_busy_time_us'), `${micros}\n`);
  };
  count('accel0', 50_000_000);
  count('accel1', 1_000_000);
  monitor = new PowerMonitor(board.transport, { source: undefined, root: board.root, interval: 20 });
  await vi.waitUntil(() => monitor.trace().npu.length >= 1, { timeout: 20_000 });
  count('accel1', 1_600_000);
  await vi.waitUntil(() => monitor.trace().npu.at(-1)!.seconds[1] === 1.6, { timeout: 20_000 });
  const { npu } = monitor.trace();
  const [first, last] = [npu[0]!, npu.at(-1)!];
  expect([first.seconds, last.seconds]).toEqual([
    [50, 1],
    [50, 1.6],
  ]);
  expect(npuUse(npu)).toBeCloseTo(60 / (last.at - first.at), 5);
  expect(npuUse([first])).toBeUndefined();
  expect(npu.length).toBeLessThanOrEqual(2 + Math.ceil(last.at - first.at));
});

test('waiting ends with the monitor, and with the signal', async () => {
  watch('no-power', undefined);
  const waiting = monitor.span(1e6);
  await monitor.stop();
  await waiting;
  await expect(monitor.span(1e6, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});

test('RAPL says what keeps it from being read', () => {
  const rapl = powerSources.find(({ name }) => name === 'RAPL')!;
  watch('no-power', undefined);
  expect(rapl.hindrance?.('denied /sys/class/powercap/intel-rapl:0/energy_uj')).toBe(
    'RAPL is there, but /sys/class/powercap/intel-rapl:0/energy_uj is for root only: sudo chmod a+r /sys/class/powercap/intel-rapl:0/energy_uj',
  );
  expect(rapl.hindrance?.('')).toBeUndefined();
});
