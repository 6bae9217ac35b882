import { displaySymbol } from '../src/report.ts';
import { duration } from './duration.ts';
import type { Magic } from './magic.ts';

export const time: Magic<unknown> = {
  name: 'time',
  form: 'both',
  runs: 'here',
  summary: 'Run code once and say how long it took, awaits included; gives its value. %%time times the cell',
  positionals: [{ name: 'code', summary: 'TypeScript; what it declares stays', code: true }],
  flags: [],
  examples: ['%time await fetchAll()', 'const model = %time build()', '%%time'],
  result: 'unknown',
  async run({ positionals: [line = ''], body }, context) {
    const code = body === undefined ? line : [line, body].filter(Boolean).join('\n');
    let cpu = process.cpuUsage();
    let start = performance.now();
    const onStart = () => {
      cpu = process.cpuUsage();
      start = performance.now();
    };
    try {
      return await context.evaluate(code, { onStart });
    } finally {
      const wall = performance.now() - start;
      context.display(timing(wall, process.cpuUsage(cpu)));
    }
  },
};

/** `wall` is in ms, the processor's times are in µs. */
function timing(wall: number, { user, system }: NodeJS.CpuUsage) {
  const cpu = [`user ${duration(user / 1e3)}`, `sys ${duration(system / 1e3)}`];
  const text = `CPU times: ${cpu.join(', ')}, total ${duration((user + system) / 1e3)}\nWall time: ${duration(wall)}`;
  return { [displaySymbol]: () => ({ 'text/plain': text }) };
}
