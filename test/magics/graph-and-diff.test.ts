import { beforeAll, expect, test } from 'vitest';
import { GraphView } from '../../src/graph-view/index.ts';
import { Report } from '../../src/report.ts';
import { architecture } from '../../src/zoo/index.ts';
import { type MagicSession, magicSession } from './session.ts';

let session: MagicSession;
beforeAll(async () => {
  session = await magicSession();
  session.variables.set('lenet', architecture('lenet', { sample: [1, 28, 28], classes: 10 }));
});

test('%graph shows a model, or the part between values', async () => {
  const whole = (await session.run('%graph lenet')) as GraphView;
  expect(whole).toBeInstanceOf(GraphView);
  expect(whole.title).toMatch(/^lenet: \d+ nodes/);
  const part = (await session.run('%graph lenet --from conv1 --to pool1')) as GraphView;
  expect(part.diagram.boxes.map(({ title }) => title)).toEqual(['conv1', 'Relu', 'MaxPool', 'pool1']);
  const few = (await session.run('%graph lenet --limit 3')) as GraphView;
  expect(few.diagram.notes.length).toBeGreaterThan(0);
  await expect(session.run('%graph lenet --to pool9')).rejects.toThrow("did you mean 'pool");
});

test('%diff tells two variants apart', async () => {
  await session.run('%fuse lenet');
  const report = (await session.run('%diff lenet lenet_opt')) as Report;
  expect(report).toBeInstanceOf(Report);
  expect(report.title).toMatch(/^lenet → lenet_opt/);
  expect(report.rows.map(({ what }) => what)).toContain('bytes of the file');
  await expect(session.run('%diff lenet')).rejects.toThrow('AFTER');
});
