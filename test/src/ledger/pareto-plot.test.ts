import { expect, test, vi } from 'vitest';
import { paretoOf } from '../../../src/ledger/pareto-of.ts';
import { displaySymbol } from '../../../src/report.ts';
import { exampleLedger } from './fixture.ts';

const plot = async () => paretoOf(await exampleLedger());

test('every drawn point stands for a variant, and tells its recipe', async () => {
  const { choices, variants } = await plot();
  expect(choices.length).toBeGreaterThan(1);
  for (const { id, name, hover } of choices) {
    const variant = variants.find((candidate) => candidate.id === id)!;
    expect(variant.name).toBe(name);
    const steps = variant.lineage().map(({ step }) => step);
    expect(hover.split('\n').slice(0, 2)).toEqual([name, steps.join(' → ')]);
  }
});

test('the pointer tells the options of each step', async () => {
  const { choices } = await plot();
  const hover = choices.find(({ name }) => name === 'q')!.hover.split('\n');
  expect(hover.slice(1, 4)).toEqual([
    'train → quantize',
    'train: epochs 2, rate 0.01',
    'quantize: calib mnist',
  ]);
});

test('nothing is selected at first; a selection is told once, by name, id or variant', async () => {
  const pareto = await plot();
  const listener = vi.fn();
  pareto.on('select', listener);
  expect(pareto.selected).toBeUndefined();
  const [first, second] = pareto.variants;
  pareto.select(first!.name);
  pareto.select(first!.id);
  expect(pareto.selected).toBe(first);
  pareto.select(second);
  pareto.select(undefined);
  expect(listener.mock.calls).toEqual([[first], [second], [undefined]]);
  pareto.off('select', listener).select(first);
  expect(listener).toHaveBeenCalledTimes(3);
});

test('a variant that is not in the figure is refused', async () => {
  const pareto = await plot();
  expect(() => pareto.select('nobody')).toThrow(/nobody/);
});

test('a live view comes beside the picture, in place of plotly; without one the bundle is the figure’s', async () => {
  const pareto = await plot();
  const still = Object.keys(await pareto[displaySymbol]());
  expect(still).toEqual(['application/vnd.plotly.v1+json', 'text/html', 'image/png', 'text/plain']);
  pareto.view = async () => ({});
  expect(Object.keys(await pareto[displaySymbol]())).toEqual(still);
  pareto.view = async () => ({ view: 1 });
  expect(Object.keys(await pareto[displaySymbol]())).toEqual([
    'view',
    'text/html',
    'image/png',
    'text/plain',
  ]);
});
