import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { deploy, type Health, piecesOf, rollback, slotState } from '../../../devices/deploy/index.ts';
import { dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { CrashingDevice } from './crashing-device.ts';

const root = '.edgebook/deploy';
const healthy = async (): Promise<Health> => ({ isHealthy: true, told: '8 of 8 outputs alike' });
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const networks = new Map<number, Uint8Array>();

/** A network of about 500 kB; `classifier` changes its last layer only. */
function network(classifier: number): Uint8Array {
  const known = networks.get(classifier) ?? makeNetwork(classifier);
  networks.set(classifier, known);
  return known;
}

function makeNetwork(classifier: number): Uint8Array {
  const model = sequential([1, 28, 28], [flatten(), dense(64), relu(), dense(64), relu(), dense(1000)], {
    seed: 1,
  });
  for (const { tensor } of model.graph.initializers.values())
    if (tensor?.shape.includes(1000)) (tensor.data as Float32Array).fill(classifier / 7);
  return writeModel(model);
}

const served = (device: CrashingDevice): Uint8Array => {
  const slot = readFileSync(join(device.home, root, 'current'), 'utf8').trim();
  return readFileSync(join(device.home, root, slot, 'model.onnx'));
};

test('the pieces of a model are its tensors and what is between, in order', () => {
  const file = network(1);
  const pieces = piecesOf(file);
  expect(pieces.reduce((sum, { size }) => sum + size, 0)).toBe(file.length);
  const sizes = pieces.map(({ size }) => size);
  for (const weights of [784 * 64, 64 * 64, 64 * 1000]) expect(sizes).toContain(4 * weights);
  expect(piecesOf(new Uint8Array([1, 2, 3]))).toEqual([{ hash: sha256(new Uint8Array([1, 2, 3])), size: 3 }]);
});

test('the first model travels whole, a changed classifier as little more than itself', async () => {
  const device = new CrashingDevice();
  const first = await deploy(device, network(1), { name: 'one', check: healthy });
  expect([first.facts.slot, first.facts.sent]).toEqual(['a', network(1).length]);
  expect(sha256(served(device))).toBe(sha256(network(1)));
  const before = device.received;
  const second = await deploy(device, network(2), { name: 'two', check: healthy });
  const classifier = 4 * (64 * 1000 + 1000);
  expect(second.facts.sent).toBeLessThan(1.1 * classifier);
  expect(device.received - before).toBeLessThan(1.1 * classifier);
  expect(sha256(served(device))).toBe(sha256(network(2)));
  const again = await deploy(device, network(2), { name: 'two', check: healthy });
  expect([again.facts.sent, again.title]).toEqual([0, 'two is served already, from slot b']);
});

test('a model that fails its check there is not served, and leaves both slots as they were', async () => {
  const device = new CrashingDevice();
  await deploy(device, network(3), { name: 'zero', check: healthy });
  await deploy(device, network(1), { name: 'one', check: healthy });
  const sick = async (): Promise<Health> => ({ isHealthy: false, told: '3 of 8 outputs alike' });
  await expect(deploy(device, network(2), { name: 'two', check: sick })).rejects.toThrow(
    "board: 'two' failed its check there and is not served: 3 of 8 outputs alike. What was served before still is",
  );
  expect(sha256(served(device))).toBe(sha256(network(1)));
  const { current, slots } = await slotState(device);
  expect([current, slots.a?.name, slots.b?.name]).toEqual(['b', 'zero', 'one']);
  expect(readdirSync(join(device.home, root)).sort()).toEqual(['a', 'b', 'current', 'log.jsonl']);
  expect((await rollback(device)).name).toBe('zero');
});

test('rollback serves what was served before, and says when there is nothing', async () => {
  const device = new CrashingDevice();
  await expect(rollback(device)).rejects.toThrow(
    'board has nothing to go back to: nothing is deployed there',
  );
  await deploy(device, network(1), { name: 'one', check: healthy });
  await expect(rollback(device)).rejects.toThrow("'one' is the only model there");
  await deploy(device, network(2), { name: 'two', check: healthy });
  expect((await rollback(device)).name).toBe('one');
  expect(sha256(served(device))).toBe(sha256(network(1)));
  const { log } = await slotState(device);
  expect(log.map(({ what, name, slot }) => [what, name, slot])).toEqual([
    ['deploy', 'one', 'a'],
    ['deploy', 'two', 'b'],
    ['rollback', 'one', 'a'],
  ]);
});

/** A deployment that has come to its check, and what lets it go on. */
async function waiting(device: CrashingDevice) {
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<Health | Promise<Health>>();
  const check = async () => {
    reached.resolve();
    return go.promise;
  };
  const slow = deploy(device, network(1), { name: 'slow', check });
  await reached.promise;
  return { slow, go };
}

describe('what others did', () => {
  test('two sessions do not deploy at once; a lock from before a restart does not matter', async () => {
    const device = new CrashingDevice();
    const { slow, go } = await waiting(device);
    await expect(deploy(device, network(2), { name: 'fast', check: healthy })).rejects.toThrow(
      'board: could not begin a deployment: another deployment is at work there',
    );
    go.resolve(healthy());
    await slow;
    mkdirSync(join(device.home, root, 'lock'));
    writeFileSync(join(device.home, root, 'lock', 'boot'), 'an earlier start\n');
    await deploy(device, network(2), { name: 'fast', check: healthy });
    expect(sha256(served(device))).toBe(sha256(network(2)));
  });

  test('after an interrupt the same session deploys at once, and the end of the first takes no other lock', async () => {
    const device = new CrashingDevice();
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<Health>();
    const controller = new AbortController();
    const check = () => {
      reached.resolve();
      return go.promise;
    };
    const { signal } = controller;
    const first = deploy(device, network(1), { name: 'first', signal, check }).catch(() => 'ended');
    await reached.promise;
    controller.abort();
    const second = deploy(device, network(2), {
      name: 'second',
      check: async () => {
        go.reject(new Error('too late'));
        await first;
        expect(existsSync(join(device.home, root, 'lock'))).toBe(true);
        return healthy();
      },
    });
    await second;
    expect(sha256(served(device))).toBe(sha256(network(2)));
    expect(existsSync(join(device.home, root, 'lock'))).toBe(false);
  });

  test('one whose lock was taken over changes nothing when it goes on', async () => {
    const device = new CrashingDevice();
    const { slow, go } = await waiting(device);
    utimesSync(join(device.home, root, 'lock'), 0, 0);
    await deploy(device, network(2), { name: 'fast', check: healthy });
    go.resolve(healthy());
    await expect(slow).rejects.toThrow(
      'another deployment has taken its place; %deployments shows what is served',
    );
    expect(sha256(served(device))).toBe(sha256(network(2)));
    expect(readdirSync(join(device.home, root)).sort()).toEqual(['a', 'current', 'log.jsonl']);
  });

  test('a long one keeps its lock', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const device = new CrashingDevice();
    const { slow, go } = await waiting(device);
    const lock = join(device.home, root, 'lock');
    utimesSync(lock, 0, 0);
    vi.advanceTimersByTime(6 * 60_000);
    await vi.waitUntil(() => statSync(lock).mtimeMs > 0, { timeout: 20_000 });
    await expect(deploy(device, network(2), { name: 'fast', check: healthy })).rejects.toThrow(
      'another deployment',
    );
    go.resolve(healthy());
    await slow;
    expect(sha256(served(device))).toBe(sha256(network(1)));
  });

  test('a served file that was damaged there is not built on: the new one travels whole', async () => {
    const device = new CrashingDevice();
    await deploy(device, network(1), { name: 'one', check: healthy });
    writeFileSync(join(device.home, root, 'a', 'model.onnx'), 'damaged');
    const report = await deploy(device, network(2), { name: 'two', check: healthy });
    expect(sha256(served(device))).toBe(sha256(network(2)));
    expect(report.facts.sent).toBeGreaterThan(network(2).length);
    expect(report.warnings).toEqual([
      'The model that was served there is damaged, so the new one was sent whole. Check the disk of board',
    ]);
  });
});

test('a power cut at any step leaves the old or the new model, whole, and the next deployment works', async () => {
  const files = [network(1), network(2)];
  const hashes = files.map(sha256);
  const device = new CrashingDevice();
  const begun = device.steps;
  await deploy(device, files[0]!, { name: 'n0', check: healthy });
  const steps = device.steps - begun;
  const seen = new Set<string>();
  for (let step = 1; step <= steps; step++)
    // At once after a step has begun; every second one also in its midst.
    for (const delay of step % 2 ? [0, 4] : [0]) {
      const next = hashes.indexOf(sha256(served(device))) === 0 ? 1 : 0;
      device.cutAt(step, delay);
      const outcome = await deploy(device, files[next]!, { name: `n${next}`, check: healthy }).then(
        () => 'done',
        () => 'cut',
      );
      device.cutPower();
      device.turnOn();
      const hash = sha256(served(device));
      expect(hashes).toContain(hash);
      const { current, slots } = await slotState(device);
      expect(slots[current!]?.model).toBe(hash);
      seen.add(`${outcome}, ${hash === hashes[next] ? 'new' : 'old'}`);
      // The next start of a device has another identity.
      if (existsSync(join(device.home, root, 'lock')))
        writeFileSync(join(device.home, root, 'lock', 'boot'), 'an earlier start\n');
    }
  // The last step ends the lock, after the switch.
  expect([...seen]).toEqual(expect.arrayContaining(['cut, old', 'done, new']));
});
