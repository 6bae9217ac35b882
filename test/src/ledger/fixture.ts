import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { Graph, Model } from '../../../src/ir/index.ts';
import { Ledger, type ModelCodec } from '../../../src/ledger/ledger.ts';
import type { Measurement } from '../../../src/ledger/record.ts';

/** Stands in for ONNX: a model is the name of its graph. */
export const codec: ModelCodec = {
  readModel: (content) => new Model(new Graph(new TextDecoder().decode(content))),
  writeModel: (model) => new TextEncoder().encode(model.graph.name),
};

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'edgebook-ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const openLedger = (folder = temporaryFolder()): Promise<Ledger> => Ledger.open(folder, codec);

export const measurement = (
  metrics: Record<string, number>,
  rest: Partial<Measurement> = {},
): Measurement => ({
  device: 'local',
  batch: 1,
  at: '2026-01-01T00:00:00.000Z',
  conditions: {},
  ...rest,
  metrics,
});

/** A trained network, its int8 version, a pruned one that both beat, and a student of the pruned one. */
export async function exampleLedger(): Promise<Ledger> {
  const ledger = await openLedger();
  const cnn = await ledger.add({
    name: 'cnn',
    model: bytes('f'.repeat(1000)),
    step: 'train',
    options: { epochs: 2, rate: 0.01 },
    data: 'mnist',
    metrics: { accuracy: 0.989, parameters: 21_840, macs: 2_100_000 },
  });
  await ledger.add({
    name: 'q',
    model: bytes('q'.repeat(260)),
    parent: cnn,
    step: 'quantize',
    options: { calib: 'mnist' },
  });
  const pruned = await ledger.add({ name: 'p', model: bytes('p'.repeat(500)), parent: 'cnn', step: 'prune' });
  await ledger.add({ name: 's', model: bytes('s'.repeat(100)), parent: pruned, step: 'distill' });
  await ledger.measure(
    'cnn',
    measurement({ accuracy: 0.9892, latencyP50: 0.4, latencyP95: 0.5, throughput: 2500 }),
  );
  await ledger.measure(
    'q',
    measurement({ accuracy: 0.9885, latencyP50: 0.15, latencyP95: 0.2, throughput: 6600 }),
  );
  await ledger.measure(
    'p',
    measurement({ accuracy: 0.9801, latencyP50: 0.25, latencyP95: 0.3, throughput: 4000 }),
  );
  return ledger;
}
