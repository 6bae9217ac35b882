import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { Graph, Model } from '../../../src/ir/index.ts';
import { sha256 } from '../../../src/ledger/model-store.ts';
import { displaySymbol } from '../../../src/report.ts';
import { expectGolden } from '../../golden.ts';
import { bytes, exampleLedger, measurement, openLedger, temporaryFolder } from './fixture.ts';

test('What one session adds the next one finds', async () => {
  const folder = temporaryFolder();
  const first = await openLedger(folder);
  const added = await first.add({
    name: 'cnn',
    model: new Model(new Graph('net')),
    step: 'train',
    options: { epochs: 2, layers: [8, 16] },
    data: 'mnist',
    metrics: { accuracy: 0.98 },
  });
  await first.measure('cnn', measurement({ latencyP50: 1.5 }, { conditions: { threads: 1 } }));

  const second = await openLedger(folder);
  const found = second.get('cnn');
  expect(found.id).toBe(sha256(bytes('net')));
  expect(found).toMatchObject({
    name: 'cnn',
    step: 'train',
    data: 'mnist',
    bytes: 3,
    created: added.created,
  });
  expect(found.options).toEqual({ epochs: 2, layers: [8, 16] });
  expect(found.metrics).toEqual({ accuracy: 0.98 });
  expect(found.model.graph.name).toBe('net');
  expect(found.model).toBe(found.model);
  expect(readFileSync(found.path, 'utf8')).toBe('net');
  expect(second.measurements('cnn')).toEqual([
    { variant: found.id, ...measurement({ latencyP50: 1.5 }, { conditions: { threads: 1 } }) },
  ]);
});

test('The same content under another name keeps one file', async () => {
  const ledger = await openLedger();
  const a = await ledger.add({ name: 'a', model: bytes('same'), step: 'load' });
  const b = await ledger.add({ name: 'b', model: bytes('same'), step: 'load', parent: a });
  expect(b.id).toBe(a.id);
  expect(readdirSync(path.join(ledger.folder, 'models'))).toEqual([`${a.id}.onnx`]);
  expect(ledger.variants().map(({ name }) => name)).toEqual(['a', 'b']);
  expect(b.lineage().map(({ name }) => name)).toEqual(['a', 'b']);
});

test('A name goes to the later variant; the earlier one stays an ancestor and is found by id', async () => {
  const ledger = await openLedger();
  const old = await ledger.add({ name: 'cnn', model: bytes('1'), step: 'train' });
  const q = await ledger.add({ name: 'q', model: bytes('q'), step: 'quantize', parent: old });
  const now = await ledger.add({ name: 'cnn', model: bytes('2'), step: 'train' });
  expect(ledger.get('cnn').id).toBe(now.id);
  expect(ledger.variants().map(({ name }) => name)).toEqual(['q', 'cnn']);
  expect(ledger.get(old.id.slice(0, 8)).id).toBe(old.id);
  expect(q.lineage().map(({ id }) => id)).toEqual([old.id, q.id]);
});

test('A parent keeps its name, though another variant has the same content since', async () => {
  const ledger = await openLedger();
  const trained = await ledger.add({ name: 'trained', model: bytes('1'), step: 'train' });
  await ledger.add({ name: 'resumed', model: bytes('1'), step: 'train' });
  const small = await ledger.add({ name: 'small', model: bytes('2'), step: 'optimize', parent: trained });
  expect(small.lineage().map(({ name }) => name)).toEqual(['trained', 'small']);
  expect(String(small)).toContain('small: optimize of trained');
});

test('A lineage ends, even if contents come back as their own ancestors', async () => {
  const ledger = await openLedger();
  await ledger.add({ name: 'a', model: bytes('a'), step: 'load' });
  await ledger.add({ name: 'b', model: bytes('b'), step: 'prune', parent: 'a' });
  await ledger.add({ name: 'c', model: bytes('a'), step: 'repair', parent: 'b' });
  expect(ledger.lineage('c').map(({ step }) => step)).toEqual(['load', 'prune', 'repair']);
});

test('Unknown, ambiguous and bad input get one clear error', async () => {
  const ledger = await openLedger();
  expect(() => ledger.get('cnn')).toThrow("Unknown variant 'cnn'. Known: none yet.");
  const ids = new Map<string, string>();
  let clash: [string, string] | undefined;
  for (let i = 0; !clash; i++) {
    const prefix = sha256(bytes(String(i))).slice(0, 4);
    const other = ids.get(prefix);
    if (other) clash = [other, String(i)];
    ids.set(prefix, String(i));
  }
  const [first] = [await ledger.add({ name: 'lenet', model: bytes(clash[0]), step: 'load' })];
  await ledger.add({ name: 'other', model: bytes(clash[1]), step: 'load' });
  expect(() => ledger.get('lennet')).toThrow("Unknown variant 'lennet'. Did you mean 'lenet'?");
  expect(() => ledger.get(first.id.slice(0, 4))).toThrow(
    /must be one variant's, it is the start of 2: lenet \(/,
  );
  expect(() => ledger.get(first.id.slice(0, 3))).toThrow(/Unknown variant/);
  await expect(ledger.add({ name: ' ', model: bytes('x'), step: 'load' })).rejects.toThrow(UsageError);
  await expect(ledger.add({ name: 'x', model: bytes('x'), step: 'load', parent: 'nobody' })).rejects.toThrow(
    /Unknown variant 'nobody'/,
  );
  await expect(ledger.measure('lenet', measurement({ accuracy: Number.NaN }))).rejects.toThrow(
    "Metric 'accuracy' of 'lenet' must be a finite number, is NaN",
  );
  expect(ledger.measurements()).toEqual([]);
});

test('A model file that is gone or changed is a ModelError; adding it again repairs it', async () => {
  const ledger = await openLedger();
  const variant = await ledger.add({ name: 'a', model: bytes('whole'), step: 'load' });
  writeFileSync(variant.path, 'wHole');
  expect(() => ledger.get('a').model).toThrow(/must have the sha256 of its name, it was changed/);
  await ledger.add({ name: 'a', model: bytes('whole'), step: 'load' });
  expect(ledger.get('a').model.graph.name).toBe('whole');
});

test('A variant shows its name, history, size and metrics', async () => {
  const ledger = await exampleLedger();
  const texts = await Promise.all(
    ledger.variants().map(async (variant) => (await variant[displaySymbol]())['text/plain']),
  );
  expectGolden(texts.join('\n\n'), 'ledger/variants.txt');
});

test('Options that are lists or records read as words', async () => {
  const ledger = await openLedger(temporaryFolder());
  const options = { freeze: ['stem*', 'stack1*'], augment: { shift: 1, flip: 0.5 } };
  const variant = await ledger.add({
    name: 'net',
    model: new Model(new Graph('net')),
    step: 'train',
    options,
  });
  expect(String(variant)).toContain('(freeze stem* stack1*, augment shift 1, flip 0.5)');
});

test('What is measured of a variant is marked under its own name, whoever shares its bytes', async () => {
  const folder = temporaryFolder();
  const first = await openLedger(folder);
  await first.add({ name: 'a', model: bytes('same'), step: 'load' });
  await first.add({ name: 'b', model: bytes('same'), step: 'load' });
  const second = await openLedger(folder);
  const [a] = second.variants();
  await second.measure(a!, measurement({ latencyP50: 1 }));
  expect(second.sessionVariants().map(({ name }) => name)).toEqual(['a']);
});

test('What a step gave is found by its key, also by a later session; what is gone or damaged is not there', async () => {
  const folder = temporaryFolder();
  const ledger = await openLedger(folder);
  await ledger.remember('k1', bytes('old'));
  await ledger.remember('k1', bytes('new'), { title: 'what it did' });
  await ledger.remember('k2', new Model(new Graph('net')));
  const again = await openLedger(folder);
  expect(again.recall('k1')).toMatchObject({ id: sha256(bytes('new')), told: { title: 'what it did' } });
  expect(new TextDecoder().decode(again.recall('k2')!.content)).toBe('net');
  expect(again.recall('k3')).toBeUndefined();
  expect(again.variants()).toEqual([]);
  expect(again.warnings()).toEqual([]);
  writeFileSync(path.join(folder, 'models', `${sha256(bytes('net'))}.onnx`), 'damaged');
  expect(again.recall('k2')).toBeUndefined();
});

test('A variant knows the fingerprint of its data, and which other models made it', async () => {
  const folder = temporaryFolder();
  const ledger = await openLedger(folder);
  const teacher = await ledger.add({ name: 't', model: bytes('t'), step: 'load' });
  await ledger.add({
    ...{ name: 's', model: bytes('s'), step: 'distill', parent: teacher, data: 'mnist', dataHash: 'abc' },
    models: { teacher },
  });
  const found = (await openLedger(folder)).get('s');
  expect(found).toMatchObject({ dataHash: 'abc', models: { teacher: teacher.id } });
  expect((await openLedger(folder)).get('t')).toMatchObject({ dataHash: undefined, models: {} });
});
