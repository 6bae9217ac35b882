import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { runCell } from './cell.ts';
import { installConsole } from './console.ts';
import type { ToMain, ToWorker } from './control-worker.ts';
import { installGlobals } from './globals.ts';
import { acknowledgeInterrupt, endInterrupted } from './interrupt.ts';
import { silenceOwnWarnings } from './own-warnings.ts';
import { report } from './report.ts';
import { createTerminationGuard } from './termination-guard.ts';
import { errorOutput } from './traceback.ts';

// The runtime child: this thread runs user code and nothing else; the worker listens to the kernel.
// Started as `node child.ts MAGICS_URL`, in the notebook's folder, with the descriptors of protocol.ts.
const magicsUrl = process.argv[2]!;
const guard = createTerminationGuard();
const worker = new Worker(new URL(`./control-worker${extname(import.meta.url)}`, import.meta.url), {
  workerData: guard,
});

silenceOwnWarnings();
installConsole();
installGlobals({ magicsUrl, cwd: process.cwd(), guard });
process.argv.length = 1;

// What goes wrong outside a cell (a timer, a promise nobody awaits) is shown and costs nothing else.
const showLateError = (error: unknown) => console.error(errorOutput(error).traceback.join('\n'));
process.on('uncaughtException', showLateError);
process.on('unhandledRejection', showLateError);
// Ctrl-C in a terminal goes to every process in it; the kernel decides what it means.
process.on('SIGINT', () => {});

worker.on('error', (error) => {
  showLateError(error);
  process.exit(1);
});
worker.on('message', (message: ToMain) => {
  if (message.type === 'execute') void runCell(message, { magicsUrl, guard });
  else {
    worker.postMessage({ type: 'acknowledged', cell: message.cell } satisfies ToWorker);
    if (message.type === 'interrupt') acknowledgeInterrupt(message.cell, guard);
    else endInterrupted(message.cell);
  }
});
worker.once('online', () => report({ type: 'ready' }));
