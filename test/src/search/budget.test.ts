import { describe, expect, test } from 'vitest';
import { parseBudget } from '../../../src/search/budget.ts';

const read = (text: string) =>
  parseBudget(text).map(({ quantity, limit, relative, device, inclusive }) => ({
    ...{ name: quantity.name, limit, relative, device, inclusive },
  }));

test('limits of every quantity, in their own units', () => {
  expect(read('latency<5ms@jetson, size<500kB, drop<1%')).toEqual([
    { name: 'latency', limit: 5, relative: false, device: 'jetson', inclusive: false },
    { name: 'size', limit: 500_000, relative: false, device: undefined, inclusive: false },
    { name: 'drop', limit: 0.01, relative: false, device: undefined, inclusive: false },
  ]);
  expect(read('accuracy >= 97.5% ; macs<=1.5M; params < 20k; memory < 64 MiB')).toMatchObject([
    { name: 'accuracy', limit: 0.975, inclusive: true },
    { name: 'macs', limit: 1_500_000, inclusive: true },
    { name: 'params', limit: 20_000, device: undefined },
    { name: 'memory', limit: 64 * 2 ** 20, device: 'local' },
  ]);
});

test.each([
  ['latency<800us', 0.8],
  ['latency<800µs', 0.8],
  ['latency<.5s', 500],
  ['size<2KiB', 2048],
  ['drop<0.5 points', 0.005],
  ['drop<=0%', 0],
  ['accuracy>0.9', 0.9],
])('%s', (text, limit) => expect(parseBudget(text)[0]!.limit).toBeCloseTo(limit, 12));

test('a share is of the original model, but for accuracy', () => {
  expect(read('size<25%, latency<0.5x, drop<25%')).toMatchObject([
    { limit: 0.25, relative: true },
    { limit: 0.5, relative: true },
    { limit: 0.25, relative: false },
  ]);
});

test('one quantity may be limited on several devices', () => {
  expect(read('latency<5ms@local, latency<20ms@pi').map(({ device }) => device)).toEqual(['local', 'pi']);
});

describe('mistakes name what is wrong and what would do', () => {
  test.each([
    ['', /must have a limit/],
    ['latecy<5ms', /Unknown quantity of a budget 'latecy'. Did you mean 'latency'/],
    ['latency 5ms', /a quantity, < or >, and a number/],
    ['latency<5', /latency needs a unit: us, µs, μs, ms, s, or % of the original model's/],
    ['latency<5kB', /'kB' is no unit of latency/],
    ['latency=5ms', /from above by <, as in latency<5ms@local, was =/],
    ['size>5kB', /limit size from above/],
    ['accuracy<97%', /limit accuracy from below by >/],
    ['drop<1', /drop needs a unit: %, points/],
    ['drop<200%', /more than 0 and at most 100 %/],
    ['size<150%', /at most 100 %/],
    ['size<0kB', /must be limited to more than 0/],
    ['size<-5kB', /must be a number with its unit/],
    ['macs<0.5', /write 50% or 0.5x/],
    ['size<five', /must be a number with its unit/],
    ['size<5kB@jetson', /the same on every device, leave @jetson out/],
    ['size<5kB, size<3kB', /limits size twice: size<5kB and size<3kB/],
    ['latency<5ms, latency<3ms@local', /limits latency on local twice/],
  ])('%s', (text, message) => expect(() => parseBudget(text)).toThrow(message));
});
