import { beforeAll, expect, test } from 'vitest';
import { ExplainReport } from '../../src/explain/index.ts';
import type { Report } from '../../src/report.ts';
import { targetOf } from '../../src/targets/index.ts';
import { batches } from '../src/quantize/build.ts';
import { mixedNet } from '../src/targets/nets.ts';
import { quantizeFor } from '../src/targets/quantize-for.ts';
import { type MagicSession, magicSession } from './session.ts';

let session: MagicSession;
beforeAll(async () => {
  session = await magicSession();
  session.variables.set('net', mixedNet());
  const vnni = await quantizeFor(mixedNet(), targetOf('ort-cpu-vnni'), batches([1, 16, 8, 8]));
  session.variables.set('net_int8', vnni);
});

test('%explain tells of this machine, of a named target, of a float model', async () => {
  const here = (await session.run('%explain net_int8')) as ExplainReport;
  expect(here).toBeInstanceOf(ExplainReport);
  expect(here.title).toMatch(/: 8 of 9 nodes int8, 0 float, 1 folded$/);
  const other = (await session.run('%explain net --target tensorrt')) as ExplainReport;
  expect(other.title).toMatch(/^NVIDIA TensorRT: Quantized for it: \d of 9 nodes int8, 1 float/);
  await expect(session.run('%explain net --target tensort')).rejects.toThrow('tensorrt');
  await expect(session.run('%explain')).rejects.toThrow('MODEL');
});

test('%targets lists them, or one with its sources', async () => {
  const all = (await session.run('%targets')) as Report;
  expect(all.rows).toHaveLength(9);
  const one = (await session.run('%targets edgetpu')) as Report;
  const says = (rule: string) => one.rows.filter((row) => row.rule === rule).map((row) => row.says);
  expect(says('inputs and outputs')).toEqual(['int8']);
  expect(says('Softmax')).toEqual([
    'int8; each scale its own; output scale 0.00390625, zero point -128; input 0 of 1 or 2 dimensions',
  ]);
  expect(says('source').length).toBeGreaterThan(2);
  await expect(session.run('%targets edgetp')).rejects.toThrow("Did you mean 'edgetpu'");
});
