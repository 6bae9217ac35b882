import { extname } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { ControlData } from './control-worker.ts';
import { createTerminationGuard } from './termination-guard.ts';

// The runtime child: this thread runs user code and nothing else; the worker listens to the kernel.
// Started as `node child.ts MAGICS_URL`, in the notebook's folder, with the descriptors of protocol.ts.
const guard = createTerminationGuard();
const { port1: control, port2 } = new MessageChannel();
const { port1: answers, port2: answersFromKernel } = new MessageChannel();
const answered = new Int32Array(new SharedArrayBuffer(4));
const worker = new Worker(new URL(`./control-worker${extname(import.meta.url)}`, import.meta.url), {
  workerData: {
    guard,
    main: port2,
    input: { answered, answers: answersFromKernel },
  } satisfies ControlData,
  transferList: [port2, answersFromKernel],
});

// The worker starts while this thread loads the rest.
const { serve } = await import('./serve.ts');
serve({ magicsUrl: process.argv[2]!, guard, worker, control, input: { answered, answers } });
