import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { measureModel } from '../../src/bench/bench.ts';
import { ownModelFile } from '../agent/folders.ts';
import { pingInterval } from '../agent/protocol.ts';
import { type BenchNews, type BenchOrder, newsMark } from './protocol.ts';

/**
 * Measures what one line of the input orders, in a process of its own as everywhere, and tells how it goes. The whole
 * measurement is done here: the way to who asked has no part in it. When the input ends, nobody waits for it any more.
 */
export async function serveBench(input: Readable, output: Writable): Promise<void> {
  const tell = (news: BenchNews) => void output.write(`${newsMark}${JSON.stringify(news)}\n`);
  const leave = () => process.exit(0);
  output.on('error', leave);
  const lines = createInterface({ input });
  const order = new Promise<BenchOrder>((resolve) => {
    lines.once('line', (line) => resolve(JSON.parse(line) as BenchOrder));
  });
  lines.once('close', leave);
  const alive = setInterval(() => tell({ type: 'alive' }), pingInterval);
  tell({ type: 'alive' });
  try {
    const { model, options } = await order;
    const result = await measureModel(ownModelFile(model), {
      ...options,
      onProgress: ({ done, total }) => tell({ type: 'progress', done, total }),
      onBegun: (begun) => tell({ type: 'begun', begun }),
      onWindow: (window) => tell({ type: 'window', window }),
    });
    tell({ type: 'result', result });
  } catch (error) {
    const { name, message } = error as Error;
    tell({ type: 'error', name, message });
  } finally {
    clearInterval(alive);
  }
}
