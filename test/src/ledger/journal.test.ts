import { spawn } from 'node:child_process';
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { bytes, measurement, openLedger, temporaryFolder } from './fixture.ts';

const journalOf = (folder: string) => path.join(folder, 'ledger.jsonl');
const names = (ledger: Ledger) => ledger.variants().map(({ name }) => name);

test('A crash at any byte of the last write loses that write and nothing else', async () => {
  const folder = temporaryFolder();
  const ledger = await openLedger(folder);
  await ledger.add({ name: 'a', model: bytes('a'), step: 'load' });
  await ledger.measure('a', measurement({ latencyP50: 1 }));
  const before = readFileSync(journalOf(folder));
  await ledger.add({ name: 'é', model: bytes('b'), step: 'load' });
  const after = readFileSync(journalOf(folder));

  for (let size = before.byteLength; size < after.byteLength; size++) {
    writeFileSync(journalOf(folder), after.subarray(0, size));
    const survivor = await openLedger(folder);
    expect(names(survivor)).toEqual(['a']);
    expect(survivor.measurements()).toHaveLength(1);
    expect(survivor.warnings()).toEqual([]);
  }
});

test('After a crash new entries are kept, and the torn line is reported', async () => {
  const folder = temporaryFolder();
  await (await openLedger(folder)).add({ name: 'a', model: bytes('a'), step: 'load' });
  await (await openLedger(folder)).add({ name: 'b', model: bytes('b'), step: 'load' });
  truncateSync(journalOf(folder), readFileSync(journalOf(folder)).byteLength - 20);
  await (await openLedger(folder)).add({ name: 'c', model: bytes('c'), step: 'load' });
  const ledger = await openLedger(folder);
  expect(names(ledger)).toEqual(['a', 'c']);
  expect(ledger.warnings()).toEqual([`${journalOf(folder)} line 2 cannot be read and was skipped`]);
});

test('A ledger whose folder was removed begins anew, and keeps what comes', async () => {
  const folder = path.join(temporaryFolder(), '.edgebook');
  const ledger = await openLedger(folder);
  const old = await ledger.add({ name: 'old', model: bytes('old'), step: 'load' });
  rmSync(folder, { recursive: true });
  expect(names(ledger)).toEqual([]);
  await ledger.add({ name: 'new', model: bytes('n'), step: 'quantize', parent: old });
  await ledger.measure('new', measurement({ latencyP50: 1 }));
  for (const reader of [ledger, await openLedger(folder)]) {
    expect(names(reader)).toEqual(['new']);
    expect(reader.measurements()).toHaveLength(1);
    expect([...reader.get('new').content()]).toEqual([...bytes('n')]);
  }
});

test('A journal that was cut is read again from its start', async () => {
  const folder = temporaryFolder();
  const ledger = await openLedger(folder);
  await ledger.add({ name: 'a', model: bytes('a'), step: 'load' });
  const { byteLength } = readFileSync(journalOf(folder));
  await ledger.add({ name: 'b', model: bytes('b'), step: 'load' });
  truncateSync(journalOf(folder), byteLength);
  expect(names(ledger)).toEqual(['a']);
  await ledger.add({ name: 'c', model: bytes('c'), step: 'load' });
  expect(names(ledger)).toEqual(['a', 'c']);
});

test('Lines of a later version are skipped, not lost', async () => {
  const folder = temporaryFolder();
  const ledger = await openLedger(folder);
  appendFileSync(
    journalOf(folder),
    '{"kind":"deployment","to":"jetson"}\n[]\nnull\n{"kind":"variant","variant":{}}\n',
  );
  await ledger.add({ name: 'a', model: bytes('a'), step: 'load' });
  expect(names(ledger)).toEqual(['a']);
  expect(ledger.warnings()).toHaveLength(4);
  expect(readFileSync(journalOf(folder), 'utf8')).toContain('"deployment"');
});

test('Two sessions in one process see what the other one adds', async () => {
  const folder = temporaryFolder();
  const [one, two] = [await openLedger(folder), await openLedger(folder)];
  const writes = Array.from({ length: 20 }, (_, i) =>
    (i % 2 ? one : two).add({ name: `v${i}`, model: bytes(`v${i}`), step: 'load' }),
  );
  await Promise.all(writes);
  expect(names(one).sort()).toEqual(names(two).sort());
  expect(names(one)).toHaveLength(20);
});

test('Processes that append at the same time do not corrupt each other', async () => {
  const folder = temporaryFolder();
  const source = (file: string) =>
    JSON.stringify(pathToFileURL(path.resolve(import.meta.dirname, file)).href);
  const program = `
    import { Ledger } from ${source('../../../src/ledger/ledger.ts')};
    const codec = { readModel() {}, writeModel() {} };
    const ledger = await Ledger.open(process.argv[1], codec);
    for (let i = 0; i < 30; i++) {
      const name = process.argv[2] + i;
      await ledger.add({ name, model: new TextEncoder().encode('shared' + i), step: 'load', options: { pad: 'x'.repeat(5000) } });
      await ledger.measure(name, { device: 'local', batch: 1, metrics: { latencyP50: i }, at: '', conditions: {} });
    }`;
  const run = (name: string) =>
    new Promise<number | null>((resolve, reject) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder, name], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      child.on('error', reject).on('exit', resolve);
    });
  expect(await Promise.all([run('a'), run('b'), run('c')])).toEqual([0, 0, 0]);
  const ledger = await openLedger(folder);
  expect(ledger.warnings()).toEqual([]);
  expect(names(ledger)).toHaveLength(90);
  expect(ledger.measurements()).toHaveLength(90);
  expect(readdirSync(path.join(folder, 'models'))).toHaveLength(30);
});

test('What crashed model writes left is removed once it is old', async () => {
  const folder = temporaryFolder();
  await openLedger(folder);
  const [stale, fresh] = ['.tmp-1-stale', '.tmp-1-fresh'].map((name) => path.join(folder, 'models', name));
  writeFileSync(stale!, 'half');
  writeFileSync(fresh!, 'half');
  utimesSync(stale!, 0, 0);
  await openLedger(folder);
  expect(readdirSync(path.join(folder, 'models'))).toEqual(['.tmp-1-fresh']);
});
