import type { AttachedDevice } from '../devices/attached-device.ts';
import { deploymentsOn } from '../devices/deploy/index.ts';
import { numbersOf } from '../devices/service/numbers.ts';
import { askService } from '../devices/service/service-control.ts';
import { binaryFeeds, tensorsHeader } from '../devices/service/tensor-body.ts';
import { randomFeeds } from '../src/bench/random-feeds.ts';
import { DeviceError, UsageError } from '../src/errors.ts';
import type { Tensor } from '../src/ir/index.ts';
import type { Row } from '../src/report.ts';
import type { Feeds, Port } from '../src/runtime/index.ts';
import { deviceOptions } from './device-options.ts';
import type { Context } from './magic.ts';
import { datasetOf } from './resolve.ts';

interface Ports {
  readonly inputs?: readonly Port[];
  readonly outputs?: readonly Port[];
}

/** Sends one sample to each deployment of a device over its HTTP service: what comes back, and how long it took. */
export async function tryDeployments(
  device: AttachedDevice,
  { data, context }: { readonly data: string | undefined; readonly context: Context },
): Promise<Row[]> {
  const { transport } = device.opened;
  const agent = await device.opened.agent(deviceOptions(context));
  const place = { transport, agent, signal: context.signal };
  const rows: Row[] = [];
  for (const { name } of await deploymentsOn(transport)) {
    const path = `/v1/models/${name}`;
    const { ports } = JSON.parse(textOf(await askService(place, { method: 'GET', path }))) as {
      ports: Ports;
    };
    const { inputs = [], outputs = [] } = ports;
    const feeds = data === undefined ? randomFeeds(inputs) : await sampleOf(data, inputs, context);
    const begin = performance.now();
    const reply = await askService(place, { method: 'POST', path, ...bodyOf(feeds) });
    const roundTrip = performance.now() - begin;
    if (reply.status !== 200)
      throw new DeviceError(`${device.name}: ${path} answers ${reply.status}: ${textOf(reply)}`, {
        device: device.name,
        command: `POST ${path}`,
      });
    const answer = binaryFeeds(reply.body, outputs, reply.headers[tensorsHeader]);
    rows.push({
      ...{ device: device.name, name, sent: data ?? 'random numbers', answer: answerText(answer) },
      ...{
        model: reply.headers['edgebook-model']?.slice(0, 12),
        there: Number(reply.headers['edgebook-milliseconds']),
        roundTrip,
      },
    });
  }
  return rows;
}

const textOf = ({ body }: { readonly body: Uint8Array }): string => Buffer.from(body).toString().trim();

function bodyOf(feeds: Feeds) {
  const all = Object.entries(feeds);
  const described = all.map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  return {
    headers: { 'content-type': 'application/octet-stream', [tensorsHeader]: JSON.stringify(described) },
    body: Buffer.concat(all.map(([, { bytes }]) => bytes)),
  };
}

/** The first sample of a test split. */
async function sampleOf(name: string, [input, ...more]: readonly Port[], context: Context): Promise<Feeds> {
  const data = await datasetOf(name, context);
  if (!input || more.length > 0)
    throw new UsageError(`%deployments: samples of ${name} are for models with one input`);
  const split = data.splitNames.includes('test') ? 'test' : data.splitNames[0]!;
  const batchSize = typeof input.shape[0] === 'number' ? input.shape[0] : 1;
  for await (const { images } of data.batches(split, { batchSize, limit: batchSize }))
    return { [input.name]: images };
  throw new UsageError(`%deployments: the split '${split}' of ${name} is empty`);
}

/** `logits [1, 10]: 7 is highest with 9.1`. */
const answerText = (outputs: Readonly<Record<string, Tensor>>): string =>
  Object.entries(outputs)
    .map(([name, tensor]) => {
      const numbers = Array.from(numbersOf(tensor), Number);
      const best = numbers.reduce((at, x, i) => (x > numbers[at]! ? i : at), 0);
      return `${name} [${tensor.shape.join(', ')}]: number ${best} is highest, ${numbers[best]?.toPrecision(4)}`;
    })
    .join('; ');
