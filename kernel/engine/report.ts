import { writeSync } from 'node:fs';
import type { Output } from '../output.ts';
import { frame } from './framing.ts';
import { currentOrigin } from './origin.ts';
import { type Report, reportDescriptor } from './protocol.ts';

/** Sends a report to the kernel, synchronously: it arrives even if user code loops or crashes next. */
export function report(message: Report, buffers?: readonly Uint8Array[]): void {
  let bytes = frame(message, buffers);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(reportDescriptor, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

export function show(output: Output): void {
  const id = currentOrigin()?.id;
  const origin = id === undefined ? {} : { origin: id };
  if (output.type !== 'comm') {
    report({ type: 'output', output, ...origin });
    return;
  }
  const { buffers, ...message } = output.message;
  report(
    { type: 'output', output: { type: 'comm', message: { ...message, buffers: [] } }, ...origin },
    buffers,
  );
}
