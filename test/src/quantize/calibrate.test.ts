import { expect, test } from 'vitest';
import { ModelError, UsageError } from '../../../src/errors.ts';
import { type Model, Tensor } from '../../../src/ir/index.ts';
import {
  type CalibrationState,
  calibrate,
  calibrationMethods,
  minMax,
  type ObserverFactory,
  observerOf,
} from '../../../src/quantize/index.ts';
import type { Feeds } from '../../../src/runtime/index.ts';
import { batches, build, lenet, run } from './build.ts';

const model = lenet();
const names = [
  'x',
  ...model.graph.nodes.map((node) => node.output().name).filter((name) => !name.includes('Flatten')),
];
const calibration = batches([4, 1, 12, 12], 5);
const exposed = (): Model => {
  const copy = model.clone();
  copy.graph.outputs.push(...copy.graph.nodes.slice(0, -1).map((node) => node.output()));
  return copy;
};

test.each(calibrationMethods.map(({ name }) => name))(
  '%s sees in the runtime what it sees in the tensors themselves',
  async (method) => {
    const observer = observerOf(method);
    const ranges = await calibrate(model, names, { calibration, observer });
    const expected = new Map(names.map((name) => [name, observer(name)]));
    for (const feeds of calibration) {
      const results: Feeds = { ...feeds, ...(await run(exposed(), feeds)) };
      for (const [name, one] of expected) one.observe(results[name]!.data as Float32Array, 4);
    }
    for (const name of names) {
      const [range, wanted] = [ranges.get(name)!, expected.get(name)!.range()];
      // Other fusions of the same graph round differently.
      expect(range.min).toBeCloseTo(wanted.min, 4);
      expect(range.max).toBeCloseTo(wanted.max, 4);
    }
  },
);

test.each(calibrationMethods.map(({ name }) => name))(
  '%s resumes from any batch with the same ranges, bit for bit',
  async (method) => {
    const observer = observerOf(method);
    const states: string[] = [];
    const onState = (save: () => CalibrationState) => states.push(JSON.stringify(save()));
    const whole = await calibrate(model, names, { calibration, observer, onState });
    expect(states.length).toBe(5);
    for (const state of [states[0]!, states[2]!, states[4]!]) {
      const resume: CalibrationState = JSON.parse(state);
      const seen: Feeds[] = [];
      const onFeeds = (feeds: Feeds) => seen.push(feeds);
      const again = await calibrate(model, names, { calibration, observer, resume, onFeeds });
      expect(again).toEqual(whole);
      expect(seen.length).toBe(5);
    }
  },
);

test.each(calibrationMethods.map(({ name }) => name))(
  '%s sees a batch that is too large for one run as one batch',
  async (method) => {
    // 512 KiB a sample: parts of four and two samples.
    const large = build(({ b, weight }) => {
      const x = b.input('x', 'float32', ['N', 1, 128, 128]);
      const conv = b.op('Conv', [x, weight('w', [8, 1, 3, 3])], { pads: [1, 1, 1, 1] });
      b.output(b.op('GlobalAveragePool', [b.op('Relu', [conv])]), 'y');
    });
    const feeds = batches([6, 1, 128, 128], 2);
    const observer = observerOf(method);
    const [conv, relu] = large.graph.nodes.map((node) => node.output().name) as [string, string];
    const ranges = await calibrate(large, ['x', conv, relu, 'y'], { calibration: feeds, observer });
    const exposed = large.clone();
    exposed.graph.outputs.push(...exposed.graph.nodes.slice(0, 2).map((node) => node.output()));
    for (const name of ['x', conv, relu, 'y']) {
      const expected = observer(name);
      for (const batch of feeds) {
        const results: Feeds = { ...batch, ...(await run(exposed, batch)) };
        expected.observe(results[name]!.data as Float32Array, 6);
      }
      expect(ranges.get(name)!.min).toBeCloseTo(expected.range().min, 4);
      expect(ranges.get(name)!.max).toBeCloseTo(expected.range().max, 4);
    }
  },
);

test('an abort stops between batches, and what was saved before goes on', async () => {
  const controller = new AbortController();
  let state: CalibrationState | undefined;
  const onState = (save: () => CalibrationState) => {
    state = save();
    if (state.batches === 2) controller.abort();
  };
  const stopped = calibrate(model, names, {
    calibration,
    observer: minMax,
    onState,
    signal: controller.signal,
  });
  await expect(stopped).rejects.toThrow('aborted');
  expect(state!.batches).toBe(2);
  const progress: number[] = [];
  const resumed = await calibrate(model, names, {
    calibration,
    observer: minMax,
    resume: state!,
    batches: 5,
    onProgress: ({ done, total }) => progress.push(done, total),
  });
  expect(progress).toEqual([3, 5, 4, 5, 5, 5]);
  expect(resumed).toEqual(await calibrate(model, names, { calibration, observer: minMax }));
});

test('refuses to resume something else', async () => {
  let state: CalibrationState | undefined;
  const onState = (save: () => CalibrationState) => {
    state = save();
  };
  await calibrate(model, ['x'], { calibration, observer: minMax, onState });
  const resume = state!;
  const attempt = (options: { names?: string[]; observer?: ObserverFactory; calibration?: Feeds[] }) =>
    calibrate(model, options.names ?? ['x'], { calibration, observer: minMax, resume, ...options });
  await expect(attempt({ names: ['x', 'scores'] })).rejects.toThrow("it has no 'scores'");
  await expect(attempt({ names: [] })).rejects.toThrow("it has 'x', which is not observed now");
  await expect(attempt({ observer: observerOf('mse') })).rejects.toThrow(
    "The saved calibration of 'x' must be of method 'mse', is of 'min-max'",
  );
  await expect(attempt({ calibration: calibration.slice(0, 3) })).rejects.toThrow(
    '5 batches were seen, it has 3',
  );
});

test('a value that the model has not', async () => {
  const unknown = calibrate(model, ['x', 'nowhere'], { calibration, observer: minMax });
  await expect(unknown).rejects.toThrow("The model must have the values to observe, has no 'nowhere'");
});

test.each(['min-max', 'mse'])('%s: a value of another type', async (method) => {
  const integers = build(({ b }) => {
    const x = b.op('Cast', [b.input('x', 'float32', ['N', 4])], { to: 6 });
    x.name = 'integers';
    b.output(b.op('Cast', [x], { to: 1 }), 'y');
  });
  const feeds = { x: Tensor.of('float32', [1, 2, 3, 4], [1, 4]) };
  const observed = calibrate(integers, ['integers'], { calibration: [feeds], observer: observerOf(method) });
  await expect(observed).rejects.toThrow("Value 'integers' must be float32 to be observed, is int32");
});

test('an empty calibration set', async () => {
  const empty = calibrate(model, names, { calibration: [], observer: minMax });
  await expect(empty).rejects.toThrow(UsageError);
});

/** x [N, 400] to Sqrt, whose output has a NaN where x is negative, to Relu, which hides it. */
const hiding = build(({ b }) => {
  const root = b.op('Sqrt', [b.input('x', 'float32', ['N', 400])]);
  root.name = 'root';
  b.output(b.op('Relu', [root]), 'y');
});

const feedsWith = (at: number, number: number): Feeds => {
  const data = new Float32Array(800).fill(4);
  data[at] = number;
  return { x: Tensor.of('float32', data, [2, 400]) };
};

test.each(
  ['min-max', 'mean-min-max', 'mse'].flatMap((method) => [0, 5, 401, 799].map((at) => ({ method, at }))),
)(
  '$method: a NaN inside the model is found wherever it is ($at), though ReduceMax drops it',
  async ({ method, at }) => {
    const found = calibrate(hiding, ['root'], {
      calibration: [feedsWith(at, -1)],
      observer: observerOf(method),
    });
    await expect(found).rejects.toThrow(
      "Value 'root' must be finite on the calibration data, was NaN; check the model and the normalization",
    );
    await expect(found).rejects.toBeInstanceOf(ModelError);
  },
);

test.each([Infinity, -Infinity])('an input of %d', async (bad) => {
  const found = calibrate(hiding, ['x'], { calibration: [feedsWith(3, bad)], observer: minMax });
  await expect(found).rejects.toThrow(`Value 'x' must be finite on the calibration data, was ${bad}`);
});

test('a sum beyond float32 is no reason to refuse finite numbers', async () => {
  const ranges = await calibrate(hiding, ['x'], {
    calibration: [{ x: Tensor.of('float32', new Float32Array(800).fill(3e38), [2, 400]) }],
    observer: observerOf('mean-min-max'),
  });
  expect(ranges.get('x')!.max).toBe(Math.fround(3e38));
});
