import { beforeAll, describe, expect, test } from 'vitest';
import type { Variant } from '../../src/ledger/index.ts';
import { displaySymbol, type MimeBundle } from '../../src/report.ts';
import type { SimulationReport } from '../../src/simulate/index.ts';
import { type MagicSession, magicSession } from './session.ts';

let session: MagicSession;

beforeAll(async () => {
  session = await magicSession();
  await session.run('%train mlp --limit 3200 --lr 2e-3');
  await session.run('%quantize mlp --samples 64 --as q');
  await session.run('%quantize mlp --samples 64 --reduce-range --as small');
});

describe('%simulate', () => {
  test('tells the accuracy on x86 without VNNI beside the one measured here, and the layers that saturate', async () => {
    const report = (await session.run('%simulate q --samples 100')) as SimulationReport;
    expect(report).toMatchObject({ cpu: 'avx2', count: 100 });
    expect(report.accuracy).toBeGreaterThan(0.5);
    expect(report.rows.map((row) => row.processor)).toEqual(['avx2 (simulated)', 'this machine (measured)']);
    expect(report.saturation?.layers.map(({ op }) => op)).toEqual(['Gemm', 'Gemm']);
    expect(report.saturation?.layers.some(({ pairs }) => pairs > 0)).toBe(true);
    expect(session.bars.at(-1)).toMatch(/^simulate q on avx2: \d+\.\d\d %, here \d+\.\d\d %$/);
    const shown = (await report[displaySymbol]()) as MimeBundle;
    expect(shown['text/plain']).toMatch(/of 100 mnist test samples right on avx2 \(simulated\)/);
    expect(shown['text/plain']).toMatch(/2 of 2 layers saturate|1 of 2 layers saturate/);
  });

  test('agrees with this machine on every sample where the kernels are the same', async () => {
    const report = (await session.run('%simulate small --cpu avx2 --samples 64')) as SimulationReport;
    expect(report.agreement).toBe(1);
    expect(report.saturation?.layers.every(({ pairs }) => pairs === 0)).toBe(true);
    const vnni = (await session.run('%simulate q --cpu vnni --samples 64')) as SimulationReport;
    expect(vnni.saturation).toBeUndefined();
  });

  test('a float model, an unknown processor and a variant without data are refused with the remedy', async () => {
    await expect(session.run('%simulate mlp')).rejects.toThrow(/quantize it first/);
    await expect(session.run('%simulate q --cpu 8086')).rejects.toThrow(/exact, vnni, avx2/);
    const q = session.variables.get('q') as Variant;
    session.variables.set('own', q.model);
    await expect(session.run('%simulate own')).rejects.toThrow(/'own' must have a data set.*--data/);
  });
});
