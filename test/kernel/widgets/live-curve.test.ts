import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CurveView, ThrottledCurve } from '../../../kernel/widgets/live-curve.ts';
import { StepSeries } from '../../../kernel/widgets/step-series.ts';
import { type Displayable, displaySymbol, type MimeBundle } from '../../../src/report.ts';

let frames: MimeBundle[];

const display = (value: unknown) => {
  const show = (shown: unknown) => frames.push((shown as Displayable)[displaySymbol]() as MimeBundle);
  show(value);
  return { update: (next: unknown) => void show(next) };
};

beforeEach(() => {
  frames = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

/** Takes a step every millisecond. */
function train(curve: ThrottledCurve, steps: number): void {
  for (let step = 1; step <= steps; step++) {
    vi.advanceTimersByTime(1);
    curve.update([{ step, loss: 2 / step, accuracy: 1 - 1 / step }]);
  }
}

test('a second of steps is drawn ten times; the last step is in the last frame', () => {
  const curve = new ThrottledCurve('train x', { display });
  train(curve, 1000);
  // The first frame, and one for each tenth of a second.
  expect(frames.length).toBeGreaterThanOrEqual(10);
  expect(frames.length).toBeLessThanOrEqual(11);
  curve.done();
  expect(frames.at(-1)!['text/plain']).toMatch(/steps \d+ to (99\d|1000)\n/);
  expect(String(frames.at(-1)!['text/plain'])).toContain('Accuracy 99.');
});

test('a single step is a dot, since it makes no line', () => {
  const curve = new ThrottledCurve('train x', { display });
  train(curve, 1);
  curve.done();
  expect(String(frames.at(-1)!['text/html']).match(/<circle /g)).toHaveLength(2);
});

test('every frame has the same representations', () => {
  const curve = new ThrottledCurve('train x', { display });
  train(curve, 300);
  curve.done();
  for (const frame of frames) expect(Object.keys(frame)).toEqual(['text/html', 'text/plain']);
  expect(String(frames.at(-1)!['text/html'])).toMatch(/^<svg .*Loss.*Accuracy.*<\/svg>$/s);
});

test('steps that come while nothing is drawn are drawn a little later', () => {
  const curve = new ThrottledCurve('train x', { display });
  train(curve, 2);
  const before = frames.length;
  vi.advanceTimersByTime(99);
  expect(frames.length).toBe(before + 1);
  vi.advanceTimersByTime(1000);
  expect(frames.length).toBe(before + 1);
});

test('drawing that is slow is done more rarely: the work keeps 97 % of the time', () => {
  let drawing = 0;
  const slow = (value: unknown) => {
    const handle = display(value);
    return {
      update: (next: unknown) => {
        vi.advanceTimersByTime(20);
        drawing += 20;
        handle.update(next);
      },
    };
  };
  const start = performance.now();
  train(new ThrottledCurve('train x', { display: slow }), 10_000);
  expect(drawing / (performance.now() - start)).toBeLessThan(0.03);
  expect(frames.length).toBeGreaterThan(5);
});

test('a view that the page has started gets the data; the picture follows at the end', () => {
  const data: number[] = [];
  const view: CurveView = {
    isReady: () => true,
    setData: (values) => data.push(values.length),
    bundle: () => ({ view: 'model' }),
    close: vi.fn(),
  };
  const curve = new ThrottledCurve('train x', { display, view });
  train(curve, 1000);
  expect(data.length).toBeLessThanOrEqual(12);
  expect(frames).toHaveLength(1);
  curve.done();
  expect(frames).toHaveLength(2);
  expect(frames[1]).toMatchObject({
    view: 'model',
    'text/html': expect.stringContaining('<svg'),
    'text/plain': expect.stringMatching(/Loss 0\.0/),
  });
  expect(view.close).not.toHaveBeenCalled();
});

test('a view that the page has not started is closed at the end, and not shown', () => {
  const view = { isReady: () => false, setData: vi.fn(), bundle: () => ({ view: 'model' }), close: vi.fn() };
  const curve = new ThrottledCurve('train x', { display, view });
  train(curve, 10);
  curve.done();
  expect(view.close).toHaveBeenCalledOnce();
  expect(frames.some((frame) => 'view' in frame)).toBe(false);
});

test('a series of any length has bounded points, whose means keep the mean of all steps', () => {
  const series = new StepSeries(['loss']);
  for (let step = 1; step <= 4096; step++) series.add(step, { loss: step % 2 });
  const array = series.toArray();
  const points = array.length / 2;
  expect(points).toBeGreaterThanOrEqual(128);
  expect(points).toBeLessThanOrEqual(256);
  expect(array[0]).toBeCloseTo((1 + 4096 / points) / 2);
  for (const value of array.subarray(points)) expect(value).toBeCloseTo(0.5);
});

test('what is not finite is a gap, not a lie', () => {
  const series = new StepSeries(['loss', 'accuracy']);
  series.add(1, { loss: Number.NaN, accuracy: 0.5 });
  series.add(2, { loss: 3 });
  expect([...series.toArray()]).toEqual([1, 2, Number.NaN, 3, 0.5, Number.NaN]);
});

test('the curve waits a moment for a page that starts its view', () => {
  let ready = false;
  const view = { isReady: () => ready, setData: vi.fn(), bundle: () => ({ 'x/view': 1 }), close: vi.fn() };
  const curve = new ThrottledCurve('train x', { display, view });
  train(curve, 100);
  expect(frames).toHaveLength(0);
  ready = true;
  vi.advanceTimersByTime(60);
  expect(frames).toHaveLength(1);
  expect(frames[0]).toMatchObject({ 'x/view': 1 });
  curve.done();
  expect(view.close).not.toHaveBeenCalled();
});

test('a training that is over before the page has started a view is shown without one', () => {
  const view = { isReady: () => false, setData: vi.fn(), bundle: () => ({ 'x/view': 1 }), close: vi.fn() };
  const curve = new ThrottledCurve('train x', { display, view });
  train(curve, 100);
  curve.done();
  expect(Object.keys(frames.at(-1)!)).toEqual(['text/html', 'text/plain']);
  expect(view.close).toHaveBeenCalledOnce();
});
