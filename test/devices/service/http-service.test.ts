import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpService } from '../../../devices/service/http-service.ts';
import { ModelHost } from '../../../devices/service/model-host.ts';
import { RotatingLog } from '../../../devices/service/rotating-log.ts';
import type { ServiceState } from '../../../devices/service/service-state.ts';
import { dense, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgebook-service-'));
const host = new ModelHost('main', folder);
const log = new RotatingLog(join(folder, 'log.jsonl'));
let server: Server;
let url: (path: string) => string;

/** y = weight * x, of shape [N, 2]. */
function network(weight: number): Uint8Array {
  const model = sequential([2], [dense(2)], { seed: 1 });
  for (const { tensor } of model.graph.initializers.values())
    (tensor!.data as Float32Array).set(tensor!.size === 4 ? [weight, 0, 0, weight] : [0, 0]);
  return writeModel(model);
}

/** What %deploy leaves in a slot, and the name of the slot. */
function install(slot: 'a' | 'b', weight: number): void {
  const file = network(weight);
  const statistics = { logits: { rows: 9, mean: 0, std: 1, min: -1, max: 1, nonFinite: 0 } };
  const model = createHash('sha256').update(file).digest('hex');
  mkdirSync(join(folder, slot), { recursive: true });
  writeFileSync(join(folder, slot, 'model.onnx'), file);
  writeFileSync(
    join(folder, slot, 'manifest.json'),
    JSON.stringify({ name: `w${weight}`, model, statistics }),
  );
  writeFileSync(join(folder, 'current'), `${slot}\n`);
}

const state = (): ServiceState => ({
  ...{ pid: 1, port: 1, version: '1', uptimeSeconds: 5, restarts: 2, memoryBytes: 3 },
  models: [host.state()],
});

beforeAll(async () => {
  install('a', 1);
  await host.follow();
  const names = () => ['main'];
  const find = (name: string) => (name === 'main' ? host : undefined);
  server = httpService({ host: find, names, follow: () => host.follow(), state, log });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = (path) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
});

afterAll(() => {
  host.close();
  log.close();
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

const post = (body: string) => fetch(url('/v1/models/main'), { method: 'POST', body });

/** What it answers for [1, 2]. */
async function ask(): Promise<number[]> {
  const { outputs } = (await (await post('{"inputs": [[1, 2]]}')).json()) as {
    outputs: Record<string, { data: number[] }>;
  };
  return Object.values(outputs)[0]!.data;
}

test('JSON in all its forms is answered alike, and so are binary tensors', async () => {
  const { ports } = (await (await fetch(url('/v1/models/main'))).json()) as {
    ports: Record<'inputs' | 'outputs', { name: string }[]>;
  };
  const [input, output] = [ports.inputs[0]!.name, ports.outputs[0]!.name];
  const bodies = [
    [[1, 2]],
    [1, 2],
    { [input]: [[1, 2]] },
    { [input]: { data: [1, 2] } },
    { [input]: { shape: [1, 2], data: [1, 2] } },
    [{ name: input, shape: [1, 2], data: [1, 2] }],
  ];
  for (const inputs of bodies)
    expect(await (await post(JSON.stringify({ inputs }))).json()).toMatchObject({
      ...{ model: 'main', variant: 'w1', sha256: state().models[0]!.served!.sha256 },
      outputs: { [output]: { dtype: 'float32', shape: [1, 2], data: [1, 2] } },
    });
  const response = await fetch(url('/v1/models/main'), {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Float32Array([3, 4, 5, 6]),
  });
  expect([...new Float32Array(await response.arrayBuffer())]).toEqual([3, 4, 5, 6]);
  expect(JSON.parse(response.headers.get('edgebook-tensors')!)).toEqual([
    { name: output, dtype: 'float32', shape: [2, 2] },
  ]);
});

test.each([
  ['/v1/models/none', '{}', 404, "No model is deployed as 'none', there are: main"],
  ['/v2', '{}', 404, 'There is no /v2'],
  ['/v1/models/main', 'x', 400, 'The body is no JSON'],
  ['/v1/models/main', 'null', 400, 'The body must be {"inputs"'],
  ['/v1/models/main', '{"inputs": [[1, 2, 3]]}', 400, 'must be float32'],
  ['/v1/models/main', '{"inputs": [["a", 1]]}', 400, 'must have numbers only, has "a"'],
  ['/v1/models/main', '{"inputs": {"z": [1]}}', 400, "There is no input 'z'"],
  ['/v1/models/main', '{"inputs": {}}', 400, 'is missing'],
])('%s with %s is answered %i', async (path, body, status, text) => {
  const response = await fetch(url(path), { method: 'POST', body });
  expect(response.status).toBe(status);
  expect(((await response.json()) as { error: string }).error).toContain(text);
});

test.each([
  ['no shape', new Uint8Array(7), undefined, 'which 1.75 numbers do not fill'],
  [
    'too few bytes',
    new Uint8Array(8),
    '[{"name":"input","dtype":"float32","shape":[2,2]}]',
    'must have 0 to 16',
  ],
  ['too many', new Uint8Array(9), '[{"name":"input","dtype":"float32","shape":[1,2]}]', 'the tensors take 8'],
  [
    'another type',
    new Uint8Array(2),
    '[{"name":"input","dtype":"int8","shape":[1,2]}]',
    'is described as int8',
  ],
  ['no description', new Uint8Array(8), 'x', 'edgebook-tensors must be JSON'],
])('binary: %s', async (_, body, header, text) => {
  const response = await fetch(url('/v1/models/main'), {
    method: 'POST',
    headers: {
      'content-type': 'application/octet-stream',
      ...(header !== undefined && { 'edgebook-tensors': header }),
    },
    body,
  });
  expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
    400,
    expect.stringContaining(text),
  ]);
});

test('a page of a browser, or a name that is made to lead here, gets nothing', async () => {
  const headers = { origin: 'http://example.org' };
  expect((await fetch(url('/healthz'), { headers })).status).toBe(403);
  expect((await fetch(url('/healthz'))).status).toBe(200);
});

test('counts, latencies, statistics and drift, as JSON, for Prometheus and in the log', async () => {
  const accept = { headers: { accept: 'application/json' } };
  const { models } = (await (await fetch(url('/metrics'), accept)).json()) as ServiceState;
  const { requests, errors, latency, outputs } = models[0]!;
  expect([requests, errors]).toEqual([7, 11]);
  expect(latency!.p99).toBeGreaterThanOrEqual(latency!.p50);
  // Six times 1 and 2, then 3 to 6.
  expect(outputs.logits!.now).toMatchObject({ rows: 8, mean: 36 / 16, min: 1, max: 6 });
  expect(outputs.logits!.drift!.shift).toBeCloseTo(36 / 16, 6);
  const text = await (await fetch(url('/metrics'))).text();
  expect(text).toContain('# TYPE edgebook_requests_total counter\nedgebook_requests_total{model="main"} 7\n');
  expect(text).toMatch(/edgebook_latency_seconds\{model="main",quantile="0.99"\} [\d.e-]+\n/);
  expect(text).toContain('edgebook_output_mean{model="main",output="logits"} 2.25\n');
  log.flush();
  const lines = readFileSync(join(folder, 'log.jsonl'), 'utf8').trim().split('\n');
  expect(lines).toHaveLength(18);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    model: 'main',
    outputs: { logits: { mean: 1.5, min: 1, max: 2 } },
  });
});

test('a switch under a steady stream: every request is answered, by the old model or the new one', async () => {
  const seen: string[] = [];
  let isOver = false;
  const stream = (async () => {
    while (!isOver) seen.push((await ask()).join());
  })();
  await expect.poll(() => seen.length).toBeGreaterThan(0);
  install('b', 2);
  await host.follow();
  expect(await ask()).toEqual([2, 4]);
  await expect.poll(() => seen.at(-1)).toBe('2,4');
  isOver = true;
  await stream;
  const first = seen.indexOf('2,4');
  expect(first).toBeGreaterThan(0);
  expect(new Set(seen.slice(0, first))).toEqual(new Set(['1,2']));
  expect(new Set(seen.slice(first))).toEqual(new Set(['2,4']));
});

test('a file that the disk has damaged is not served: the old one stays, and it is said why', async () => {
  install('a', 3);
  writeFileSync(join(folder, 'a', 'model.onnx'), 'damaged');
  await host.follow();
  expect(await ask()).toEqual([2, 4]);
  const { failure, served } = host.state();
  expect(failure!.why).toMatch(/^its file has sha256 \w+, must have \w+: the disk is damaged$/);
  expect(served!.variant).toBe('w2');
  // After a start there is no old one: better the other slot's than none.
  const next = new ModelHost('main', folder);
  await next.follow();
  expect([next.state().served!.variant, next.state().failure!.why]).toEqual(['w2', failure!.why]);
  next.close();
});

test('with nothing to serve it says so, and is not well', async () => {
  const empty = new ModelHost('main', join(folder, 'nowhere'));
  await empty.follow();
  expect(empty.state().served).toBeUndefined();
  const alone = httpService({
    ...{ host: () => empty, names: () => ['main'], follow: () => empty.follow(), log },
    state: () => ({ ...state(), models: [empty.state()] }),
  });
  await new Promise<void>((resolve) => alone.listen(0, '127.0.0.1', resolve));
  const at = `http://127.0.0.1:${(alone.address() as AddressInfo).port}`;
  expect((await fetch(`${at}/healthz`)).status).toBe(503);
  const response = await fetch(`${at}/v1/models/main`, { method: 'POST', body: '{}' });
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  alone.close();
  alone.closeAllConnections();
});
