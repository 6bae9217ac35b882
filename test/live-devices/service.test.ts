import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownAgentProgram } from '../../devices/bootstrap/parts.ts';
import { deploy, type Health, rollback } from '../../devices/deploy/index.ts';
import { LocalTransport } from '../../devices/local-transport.ts';
import {
  askService,
  served,
  serviceState,
  startService,
  stopService,
} from '../../devices/service/service-control.ts';
import type { ServiceState } from '../../devices/service/service-state.ts';
import { dense, sequential } from '../../src/layers/index.ts';
import { writeModel } from '../../src/onnx/index.ts';

const root = '.edgebook/deploy/main';
const statistics = { y: { rows: 9, mean: 0, std: 1, min: -1, max: 1, nonFinite: 0 } };
const healthy = async (): Promise<Health> => ({ isHealthy: true, told: 'fine', statistics });

/** y = x * (weight, 0), of shape [N, 2] to [N, 2]. */
function network(weight: number): Uint8Array {
  const model = sequential([2], [dense(2)], { seed: 1 });
  for (const { tensor } of model.graph.initializers.values())
    (tensor!.data as Float32Array).set(tensor!.size === 4 ? [weight, 0, 0, weight] : [0, 0]);
  return writeModel(model);
}

let home: string;
let transport: LocalTransport;
let state: ServiceState;
const before = process.env.HOME;
const agent = [process.execPath, '--disable-warning=ExperimentalWarning', ownAgentProgram()];
const place = () => ({ transport, agent });
const url = (path: string) => `http://127.0.0.1:${state.port}${path}`;
const put = (weight: number, name = 'main') =>
  deploy(transport, network(weight), {
    name: `w${weight}`,
    root: `.edgebook/deploy/${name}`,
    check: healthy,
  });

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** What the service answers for [1, 2]. */
async function ask(): Promise<number[]> {
  const response = await fetch(url('/v1/models/main'), { method: 'POST', body: '{"inputs": [[1, 2]]}' });
  const { outputs } = (await response.json()) as { outputs: Record<string, { data: number[] }> };
  return Object.values(outputs)[0]!.data;
}

async function until<T>(look: () => Promise<T | false>): Promise<T> {
  for (;;) {
    const seen = await look().catch(() => false as const);
    if (seen !== false) return seen;
    await sleep(50);
  }
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'edgebook-home-'));
  process.env.HOME = home;
  transport = new LocalTransport('board');
  // Other tests' services look for theirs at the usual ones.
  await transport.put('.edgebook/service/port', Buffer.from(String(await freePort())));
  const { facts } = await put(1);
  expect(await startService(place(), { isBoard: false })).toBe('none');
  ({ state } = await served(place(), { name: 'main', sha256: facts.manifest.model }));
});

afterAll(async () => {
  await stopService(transport);
  await transport.close();
  process.env.HOME = before;
  rmSync(home, { recursive: true, force: true });
});

test('a switch under a steady stream: every request is answered, by the old model or the new one', async () => {
  const seen: string[] = [];
  let isOver = false;
  const stream = (async () => {
    while (!isOver) seen.push((await ask()).join());
  })();
  const { facts } = await put(2);
  await served(place(), { name: 'main', sha256: facts.manifest.model });
  const after = seen.length;
  await until(async () => seen.length > after + 5);
  isOver = true;
  await stream;
  const first = seen.indexOf('2,4');
  expect(seen.slice(0, first).every((answer) => answer === '1,2')).toBe(true);
  expect(seen.slice(first).every((answer) => answer === '2,4')).toBe(true);
  expect(first).toBeGreaterThan(0);
});

test('rollback is followed too', async () => {
  const { model } = await rollback(transport, { root });
  await served(place(), { name: 'main', sha256: model });
  expect(await ask()).toEqual([1, 2]);
});

test('a slot whose file the disk has damaged is not served: the old one stays, and it says why', async () => {
  const damaged = new Uint8Array(network(3));
  const { facts } = await deploy(transport, damaged, {
    ...{ name: 'w3', root },
    check: async (path) => {
      // After the check of its sha256, before the switch.
      writeFileSync(join(home, path), 'damaged');
      return healthy();
    },
  });
  const sha256 = facts.manifest.model;
  await expect(served(place(), { name: 'main', sha256 })).rejects.toThrow(
    /board: the service cannot load the model: its file has sha256 \w+, must have \w+: the disk is damaged/,
  );
  expect(await ask()).toEqual([1, 2]);
});

test('killed, it comes again, with the whole one of its two models, and the restart is counted', async () => {
  const { pid } = await serviceState(place());
  process.kill(pid, 'SIGKILL');
  const next = await until(async () => {
    const now = await serviceState(place());
    return now.pid !== pid && now;
  });
  expect([next.restarts, next.port]).toEqual([1, state.port]);
  expect(next.models[0]!.served!.variant).toBe('w1');
  expect(next.models[0]!.failure!.why).toContain('the disk is damaged');
  expect(await ask()).toEqual([1, 2]);
});

test('a second start changes nothing; the log has what was asked', async () => {
  const { pid } = await serviceState(place());
  await startService(place(), { isBoard: false });
  expect((await serviceState(place())).pid).toBe(pid);
  const log = join(home, '.edgebook/service/log/requests.jsonl');
  // Lines are gathered for some seconds, to spare the card that they go to.
  await expect.poll(() => existsSync(log), { timeout: 10_000 }).toBe(true);
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  const [first] = lines.map((line) => JSON.parse(line) as { model: string; ms: number; outputs: object });
  expect(first).toMatchObject({
    model: 'main',
    outputs: { [Object.keys(first!.outputs)[0]!]: { mean: 1.5 } },
  });
});

test('another program at its port is not taken for it', async () => {
  const file = '.edgebook/service/port';
  const other = createHttpServer((_, response) => response.end('{}'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await transport.put(file, Buffer.from(String(port)));
  await expect(serviceState(place())).rejects.toThrow(
    `port ${port}, which it had, is that of another program`,
  );
  await transport.put(file, Buffer.from(String(state.port)));
  other.close();
  other.closeAllConnections();
});

test('several models side by side; one that was taken away is forgotten', async () => {
  const { facts } = await put(7, 'second');
  await served(place(), { name: 'second', sha256: facts.manifest.model });
  rmSync(join(home, '.edgebook/deploy/second'), { recursive: true });
  await until(async () => (await serviceState(place())).models.length === 1);
});

test('stopped, it is gone, with its folder, and a call says so', async () => {
  await stopService(transport);
  expect(existsSync(join(home, '.edgebook/service'))).toBe(false);
  await expect(fetch(url('/healthz'))).rejects.toThrow();
  await expect(askService(place(), { method: 'GET', path: '/healthz' })).rejects.toThrow(
    'board: could not call the service: the service does not answer (it has never listened)',
  );
});
