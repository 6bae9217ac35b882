import { beforeAll, describe, expect, test } from 'vitest';
import { profiles } from '../../devices/profiles/index.ts';
import { displaySymbol, type MimeBundle, type Report } from '../../src/report.ts';
import { architecture } from '../../src/zoo/index.ts';
import { type MagicSession, magicSession } from './session.ts';

let session: MagicSession;
const run = (line: string) => session.run(line) as Promise<Report>;

beforeAll(async () => {
  session = await magicSession();
  session.variables.set('net', architecture('mobilenetv2', { sample: [3, 224, 224], classes: 1000 }));
  session.variables.set('small', architecture('cnn', { sample: [1, 28, 28], classes: 10 }));
  await session.run('%train mlp --limit 640 --epochs 1');
  await session.run('%quantize mlp --samples 32 --as q');
});

describe('%devices', () => {
  test('lists this machine and every profile', async () => {
    const { rows } = await run('%devices');
    expect(rows.map(({ name }) => name)).toEqual(['local', ...profiles.map(({ name }) => name)]);
    expect(rows[0]!.memory).toBeGreaterThan(0);
  });

  test('shows one with its sources; looks into this machine; a slip is told', async () => {
    const report = await run('%devices jetson-orin-nano');
    expect(report.toText({ width: 400 })).toMatch(/20 TOPS \(40 TOPS sparse\).*DS-11105-001/);
    const here = await run('%devices local');
    expect(here.title).toMatch(/^local: /);
    expect(here.toText()).toMatch(/processor +\d+ ×/);
    await expect(run('%devices jetson-nan')).rejects.toThrow(/Did you mean 'jetson-nano'/);
  });
});

describe('%estimate', () => {
  test('is marked as an estimate in every row, sorted by the slow end, with a chart', async () => {
    const report = await run('%estimate net --precision int8');
    expect(report.rows).toHaveLength(profiles.length);
    expect(report.title).toMatch(/^net \(as int8\) on \d+ devices: estimate from data sheets, not measured/);
    expect(new Set(report.rows.map(({ basis }) => basis))).toEqual(new Set(['estimate']));
    const slow = report.rows.map(({ latency }) => Number(String(latency).split('–')[1]!.replace(',', '')));
    expect(slow).toEqual(slow.toSorted((a, b) => a - b));
    const shown = (await report[displaySymbol]()) as MimeBundle;
    expect(shown['text/html']).toMatch(/<svg[\s\S]*Latency \(estimate\)/);
    expect(shown['text/plain']).toMatch(/estimated latency of one run/);
  });

  test('takes some devices, each once, and a quantized model as int8', async () => {
    const { rows } = await run('%estimate q --on coral-dev-board,jetson-nano,coral-dev-board');
    expect(rows).toHaveLength(2);
    const of = (name: string) => rows.find(({ device }) => device === name);
    expect(of('coral-dev-board')).toMatchObject({ engine: 'Edge TPU', precision: 'int8', fits: true });
    // Its GPU has no int8.
    expect(of('jetson-nano')!.precision).not.toBe('int8');
    const float = await run('%estimate mlp --on coral-dev-board');
    expect(float.rows[0]).toMatchObject({ engine: '4 Cortex-A53', precision: 'float32' });
  });

  test('a quantized model has the work of its float one, and a quarter of its weights', async () => {
    const [q, asInt8] = await Promise.all([
      run('%estimate q --on raspberry-pi-5'),
      run('%estimate mlp --on raspberry-pi-5 --precision int8'),
    ]);
    const macs = ({ title }: Report) => /\(([\d.]+) million MACs/.exec(title)![1];
    expect(macs(q)).toBe(macs(asInt8));
    const weights = ({ rows }: Report) => Number.parseFloat(String(rows[0]!.memory));
    expect(weights(q) / weights(asInt8)).toBeGreaterThan(0.95);
    expect(weights(q) / weights(asInt8)).toBeLessThan(1.1);
  });

  test('mistakes are told with the remedy', async () => {
    await expect(run('%estimate net --on local')).rejects.toThrow(/'local' is this machine.*%bench/);
    await expect(run('%estimate net --on jetson-nano,pi')).rejects.toThrow(/Unknown device profile 'pi'/);
    await expect(run('%estimate net --on ,')).rejects.toThrow(/--on must be names of profiles/);
    await expect(run('%estimate net --precision int4')).rejects.toThrow(
      /must be one of float32, float16, int8/,
    );
    await expect(run('%estimate nets')).rejects.toThrow(/Did you mean 'net'/);
  });
});

describe('%choose', () => {
  test('ranks all devices: those that fit first, cheapest first, and says why others do not', async () => {
    const { rows, title } = await run(
      '%choose small --latency 30ms --power 10W --price 300 --precision int8',
    );
    expect(rows).toHaveLength(profiles.length);
    const fits = rows.filter(({ verdict }) => verdict === 'fits');
    expect(rows.slice(0, fits.length)).toEqual(fits);
    expect(fits.map(({ device }) => device)).toEqual(['esp32-s3', 'raspberry-pi-4', 'jetson-nano']);
    expect(title).toContain('the cheapest is esp32-s3');
    expect(rows.find(({ device }) => device === 'jetson-agx-orin')!.why).toMatch(
      /power 15–60 W, limit 10 W; price 1999 USD in 2022 \(the developer kit\), limit 300 USD/,
    );
  });

  test('reads units, and refuses what is no quantity', async () => {
    const first = async (line: string) =>
      (await run(line)).rows.map(({ device, verdict }) => `${device} ${verdict}`);
    expect(await first('%choose small --latency 0.03s')).toEqual(await first('%choose small --latency 30ms'));
    expect(await first('%choose small --power 500mW')).toEqual(await first('%choose small --power 0.5W'));
    expect(await first('%choose small --price $99')).toEqual(await first('%choose small --price 99USD'));
    await expect(run('%choose small --latency 30W')).rejects.toThrow(
      /--latency must be a number above 0 in ms, s.*30ms.*'30W'/,
    );
    await expect(run('%choose small --power 0')).rejects.toThrow(/--power must be a number above 0/);
    await expect(run('%choose small --price -5')).rejects.toThrow(/--price must be a number above 0/);
    await expect(run('%choose small')).rejects.toThrow(/needs a limit/);
  });
});
