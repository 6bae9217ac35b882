import { beforeAll, describe, expect, test } from 'vitest';
import { parseLine } from '../../magics/arguments.ts';
import { calibrate } from '../../magics/calibrate.ts';
import { mnist } from '../../src/data/index.ts';
import type { CalibrationDiagnosis } from '../../src/quantize/index.ts';
import { displaySymbol, type MimeBundle } from '../../src/report.ts';
import { type MagicSession, magicSession } from './session.ts';

let session: MagicSession;
const diagnose = async (line: string) => (await session.run(`%calibrate ${line}`)) as CalibrationDiagnosis;
const checksOf = ({ findings }: CalibrationDiagnosis) => findings.map(({ check }) => check);

beforeAll(async () => {
  session = await magicSession();
  await session.run('%train mobile --limit 6400 --lr 2e-3');
  const raw = (await mnist()).with({ name: 'raw', normalization: { scale: 1, mean: [0], std: [1] } });
  session.variables.set('raw', raw);
});

describe('%calibrate', () => {
  test('keeps silent where the data are those of training, and enough', async () => {
    const diagnosis = await diagnose('mobile --samples 300');
    expect(diagnosis.warnings).toEqual([]);
    expect(diagnosis.samples).toBe(300);
    expect(diagnosis.sufficient.subset.length).toBeLessThan(60);
    expect(session.bars.at(-1)).toBe('calibrate mobile on mnist: nothing is wrong with the data');
    const shown = (await diagnosis[displaySymbol]()) as MimeBundle;
    expect(shown['text/plain']).toContain('Against the memory of batch normalization');
    expect(shown['text/html']).toContain('Calibration with 300 samples: the first ');
  });

  test('warns of raw bytes and of a handful of samples, with the remedy', async () => {
    const raw = await diagnose('mobile --calib raw --samples 64');
    expect(checksOf(raw)).toContain('unnormalized-input');
    expect(raw.warnings[0]).toMatch(/sees numbers 2\d\d times as spread.*Prepare the calibration data/);
    const few = await diagnose('mobile --samples 4');
    expect(checksOf(few)).toContain('too-few-samples');
    expect(few.warnings.join()).toContain('calibrate with more');
    expect(session.bars.at(-1)).toContain('too-few-samples');
  });

  test('a quantized or optimized variant is judged by the model that it was made from', async () => {
    await session.run('%optimize-graph mobile --as tidy');
    await session.run('%quantize tidy --samples 64 --test 0 --as q');
    const [own, q] = [await diagnose('mobile --samples 32'), await diagnose('q --samples 32')];
    expect(q.rows).toEqual(own.rows);
    expect(session.bars.at(-1)).toMatch(/^calibrate mobile on mnist/);
  });

  test('without batch normalization the input is held against the normalization of training', async () => {
    await session.run('%train mlp --limit 640');
    const fine = await diagnose('mlp --samples 64');
    expect(checksOf(fine)).not.toContain('unnormalized-input');
    expect(fine.warnings.join()).toContain(
      "no BatchNormalization that remembers them, only the input's range",
    );
    const raw = await diagnose('mlp --calib raw --samples 64');
    expect(checksOf(raw)).toContain('unnormalized-input');
    expect(raw.warnings[0]).toContain('training data lie between');
  });

  test('an interrupt stops it; a tolerance of 1 and an unknown model are refused', async () => {
    const stopped = { ...session.context, signal: AbortSignal.abort() };
    await expect(calibrate.run(parseLine(calibrate, 'mobile'), stopped)).rejects.toThrow('aborted');
    await expect(diagnose('mobile --tolerance 1')).rejects.toThrow('above 0 and below 1, was 1');
    await expect(diagnose('mobil')).rejects.toThrow("Did you mean 'mobile'");
  });
});
