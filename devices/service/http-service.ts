import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Tensor } from '../../src/ir/index.ts';
import type { Manifest } from '../deploy/slots.ts';
import { identityHeader, serviceIdentity } from './identity.ts';
import { type ModelHost, mostWaiting } from './model-host.ts';
import { numbersOf } from './numbers.ts';
import { prometheusText } from './prometheus.ts';
import { RequestError } from './request-error.ts';
import type { RotatingLog } from './rotating-log.ts';
import type { ServiceState } from './service-state.ts';
import { binaryFeeds, binaryOutputs, jsonFeeds, jsonOutputs, tensorsHeader } from './tensor-body.ts';

/** Larger bodies are refused. */
const mostBytes = 256e6;
const binary = 'application/octet-stream';

export interface HttpParts {
  host(name: string): ModelHost | undefined;
  names(): readonly string[];
  /** Looks at once whether something else is to be served. */
  follow(): Promise<void>;
  state(): ServiceState;
  readonly log: RotatingLog;
}

/** The service's answers: inference, health, metrics. */
export function httpService(parts: HttpParts): Server {
  const identity = serviceIdentity();
  return createServer((request, response) => {
    response.setHeader(identityHeader, identity);
    handle(request, response, parts).catch((error: unknown) => {
      const status = error instanceof RequestError ? error.status : 500;
      const message = error instanceof Error ? error.message : String(error);
      if (status === 503) response.setHeader('retry-after', '1');
      sendJson(response, status, { error: message });
    });
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: HttpParts): Promise<void> {
  checkHost(request);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (searchParams.has('follow')) await parts.follow();
  if (pathname === '/healthz') return sendHealth(response, parts);
  if (pathname === '/metrics') return sendMetrics(request, response, parts);
  if (pathname === '/v1/models') return sendJson(response, 200, { models: parts.state().models });
  const name = /^\/v1\/models\/([\w.-]+)$/.exec(pathname)?.[1];
  if (!name)
    throw new RequestError(
      404,
      `There is no ${pathname}; there are /v1/models/NAME, /v1/models, /healthz, /metrics`,
    );
  const host = parts.host(name);
  if (!host)
    throw new RequestError(
      404,
      `No model is deployed as '${name}', there are: ${parts.names().join(', ') || 'none'}`,
    );
  if (request.method === 'GET') return sendModel(response, host);
  if (request.method === 'POST') return infer(request, response, { host, log: parts.log });
  throw new RequestError(405, `${pathname} takes GET and POST, was ${request.method}`);
}

/** A page in a browser on the device must not reach it under a name that is made to lead here. */
function checkHost({ headers }: IncomingMessage): void {
  if (/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(headers.host ?? '') && !headers.origin) return;
  throw new RequestError(403, 'The service answers programs on this device only, as localhost');
}

function sendHealth(response: ServerResponse, parts: HttpParts): void {
  const { models, uptimeSeconds } = parts.state();
  const short = models.map(({ name, served, failure }) => ({ name, served, failure }));
  const isWell = models.every(({ served }) => served);
  sendJson(response, isWell ? 200 : 503, { status: isWell ? 'ok' : 'failing', uptimeSeconds, models: short });
}

function sendMetrics({ headers }: IncomingMessage, response: ServerResponse, parts: HttpParts): void {
  const state = parts.state();
  if (headers.accept?.includes('application/json')) sendJson(response, 200, state);
  else send(response, prometheusText(state), { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
}

function sendModel(response: ServerResponse, host: ModelHost): void {
  const { inputs, outputs } = host.serving?.thread ?? {};
  sendJson(response, host.serving ? 200 : 503, { ...host.state(), ports: { inputs, outputs } });
}

interface Inference {
  readonly host: ModelHost;
  readonly log: RotatingLog;
}

/** Counts and logs how it went. */
async function infer(
  request: IncomingMessage,
  response: ServerResponse,
  { host, log }: Inference,
): Promise<void> {
  const at = new Date().toISOString();
  try {
    const body = await bodyOf(request);
    const begin = performance.now();
    const answer = await answerOf(request, body, host);
    const milliseconds = performance.now() - begin;
    // The outputs of a model that was replaced meanwhile say nothing of its successor's.
    const isCurrent = host.serving?.manifest.model === answer.manifest.model;
    host.metrics.answered(milliseconds, isCurrent ? answer.outputs : {});
    log.add({ at, model: host.name, ms: round(milliseconds), outputs: summaries(answer.outputs) });
    sendAnswer(response, { ...answer, name: host.name, milliseconds });
  } catch (error) {
    host.metrics.failed();
    log.add({ at, model: host.name, error: (error as Error).message });
    throw error;
  }
}

interface Answer {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Of the model that gave them. */
  readonly manifest: Manifest;
  readonly isBinary: boolean;
}

async function answerOf({ headers }: IncomingMessage, body: Buffer, host: ModelHost): Promise<Answer> {
  const { serving } = host;
  if (!serving) throw new RequestError(503, `'${host.name}' has no model that could be loaded`);
  const { thread, manifest } = serving;
  if (thread.pending >= mostWaiting) throw new RequestError(503, `${thread.pending} requests are waiting`);
  const wasBinary = headers['content-type']?.startsWith(binary) ?? false;
  const described = headers[tensorsHeader] as string | undefined;
  const feeds = wasBinary ? binaryFeeds(body, thread.inputs, described) : jsonFeeds(body, thread.inputs);
  const { accept = '*/*' } = headers;
  const isBinary = accept.includes(binary) || (wasBinary && accept.includes('*/*'));
  return { outputs: await thread.run(feeds), manifest, isBinary };
}

function sendAnswer(
  response: ServerResponse,
  answer: Answer & { readonly name: string; readonly milliseconds: number },
): void {
  const { outputs, manifest, isBinary, name, milliseconds } = answer;
  const { name: variant, model: sha256 } = manifest;
  response.setHeader('edgebook-model', sha256);
  response.setHeader('edgebook-milliseconds', milliseconds.toFixed(3));
  if (isBinary) {
    const { body, header } = binaryOutputs(outputs);
    send(response, body, { 'content-type': binary, [tensorsHeader]: header });
  } else
    sendJson(response, 200, { model: name, variant, sha256, milliseconds, outputs: jsonOutputs(outputs) });
}

function send(
  response: ServerResponse,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(200, headers);
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > mostBytes) throw new RequestError(413, `A body may have ${mostBytes} bytes`);
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(value)}\n`);
}

const round = (x: number): number => Math.round(x * 1000) / 1000;

/** Mean, least and largest number of each output: what a log can afford. */
const summaries = (outputs: Readonly<Record<string, Tensor>>): object =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => {
      let [sum, min, max] = [0, Infinity, -Infinity];
      const data = numbersOf(tensor);
      for (let i = 0; i < data.length; i++) {
        const x = Number(data[i]);
        sum += x;
        if (x < min) min = x;
        if (x > max) max = x;
      }
      return [name, { mean: round(sum / data.length), min: round(min), max: round(max) }];
    }),
  );
