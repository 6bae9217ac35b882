import { UsageError } from '../src/errors.ts';
import type { Magic, ParsedLine } from './magic.ts';
import { type Loop, loopSource, measureLoops, type Timing } from './time-loops.ts';

export const timeit: Magic<Timing> = {
  name: 'timeit',
  form: 'both',
  runs: 'apart',
  summary: 'Measure how long short code takes, by running it many times; %%timeit measures the cell',
  positionals: [{ name: 'code', summary: 'TypeScript; for %%timeit what to run once before', code: true }],
  flags: [
    { name: 'loops', short: 'n', kind: 'number', summary: 'loops a run; default: as many as take 0.2 s' },
    { name: 'repeat', short: 'r', kind: 'number', summary: 'runs', default: 7 },
  ],
  examples: ['%timeit Math.hypot(3, 4)', '%timeit -n 100 -r 3 await read()', 'const t = %timeit sort(data)'],
  result: 'Timing',
  async run(line, context) {
    const [code = ''] = line.positionals;
    const { body } = line;
    if ((body ?? code).trim() === '')
      throw new UsageError('%timeit needs code to run, for example: %timeit Math.hypot(3, 4)');
    const loops = count(line, 'loops');
    const runs = count(line, 'repeat')!;
    if (body !== undefined && code) await context.evaluate(code);
    const loop = (await context.evaluate(loopSource(body ?? code))) as Loop;
    return measureLoops(loop, { loops, runs, context });
  },
};

function count({ flags }: ParsedLine, name: string): number | undefined {
  const value = flags[name] as number | undefined;
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return value;
  throw new UsageError(`%timeit: --${name} must be a whole number from 1, was ${value}`);
}
