import { writeSync } from 'node:fs';
import type { Output } from '../output.ts';
import { type Report, reportDescriptor } from './protocol.ts';

/**
 * Sends a report to the kernel, synchronously: it arrives even if user code loops or crashes next.
 * The leading line break ends a report that an interrupt cut in two.
 */
export function report(message: Report): void {
  let bytes = Buffer.from(`\n${JSON.stringify(message)}\n`);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(reportDescriptor, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

export function show(output: Output): void {
  report({ type: 'output', output });
}
