import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachmentsOf } from '../../devices/attachments.ts';
import type { Report } from '../../src/report.ts';
import { architecture } from '../../src/zoo/index.ts';
import { type MagicSession, magicSession } from './session.ts';

let session: MagicSession;
const run = (line: string) => session.run(line) as Promise<Report>;

beforeAll(async () => {
  session = await magicSession();
  session.variables.set('net', architecture('cnn', { sample: [1, 28, 28], classes: 10 }));
});
afterAll(() => attachmentsOf(session.context.folder).get('local').close());

test('%profile times each layer as onnxruntime fuses it, in a process of its own', async () => {
  const { title, rows, warnings } = await run('%profile net --batch 4');
  expect(title).toMatch(/^net on local by onnxruntime, batch 4: \d+ layers, [\d.]+ ms together$/);
  const layers = rows.slice(0, -1);
  expect(layers.filter(({ op }) => op === 'Conv')).toHaveLength(2);
  expect(layers.map(({ op }) => op)).not.toContain('Relu');
  expect(layers.every(({ microseconds }) => Number(microseconds) >= 0)).toBe(true);
  expect(layers.reduce((sum, { share }) => sum + Number(share), 0)).toBeCloseTo(100);
  expect(warnings).toEqual([expect.stringContaining('whole models by %bench')]);
});

test('%profile takes one device, and only a runtime that it has', async () => {
  await expect(run('%profile net --on ,')).rejects.toThrow(/--on must be one device, was ','/);
  await expect(run('%profile net --on other')).rejects.toThrow(/Unknown device 'other'/);
  await expect(run('%profile net --runtime tensorrt')).rejects.toThrow(
    /local has no tensorrt: there is no trtexec/,
  );
});
