import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { benchOn } from '../../../devices/bench/bench-on.ts';
import { runtimeJob } from '../../../devices/bench/runtime-job.ts';
import { runtimeOf } from '../../../devices/runtimes/index.ts';
import { parseProfile } from '../../../devices/runtimes/trtexec/profile.ts';
import { trtexecFailure } from '../../../devices/runtimes/trtexec/remedies.ts';
import { parseTimes } from '../../../devices/runtimes/trtexec/times.ts';
import { DeviceError, UsageError } from '../../../src/errors.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { type Board, fixtureBoard } from '../../support/board-transport.ts';
import { reluModel } from '../relu-model.ts';

let board: Board;
afterEach(async () => {
  await board.transport.close();
  board.remove();
});

const content = writeModel(reluModel());
const id = createHash('sha256').update(content).digest('hex');
const query = (ms: number): string =>
  `{ "startEnqMs" : 0.1, "endEnqMs" : 0.2, "h2dMs" : 0.1, "computeMs" : ${ms - 0.2}, "d2hMs" : 0.1, "latencyMs" : ${ms} }`;

const layer = (name: string, ms: number): string =>
  `{ "name" : "${name}", "timeMs" : 1, "averageMs" : 9, "medianMs" : ${ms}, "percentage" : 50 }`;

/** A trtexec of a release: fails for options that this release does not know, writes what the real one would. */
const fake = (number: string, unknown: string): string => `
printf '%s\\n' "$*" >> "$HOME/calls"
echo "&&&& RUNNING TensorRT.trtexec [TensorRT v${number}] [b12] # trtexec $*"
for a in "$@"; do case "$a" in
  ${unknown}) echo "[11/27/2026-10:00:00] [E] Unknown option: $a"; exit 1;;
  --saveEngine=*) echo plan > "\${a#*=}";;
  --loadEngine=*) [ -e "\${a#*=}" ] || exit 1;;
  --exportTimes=*) sleep 0.3; printf '%s' '[ ${[2, 3, 4].map(query).join(', ')} ]' > "\${a#*=}"
    echo "[11/27/2026-10:00:00] [I] Total Host Walltime: 0.25 s";;
  --exportProfile=*) printf '%s\\n' '[' '  { "count" : 9 }' ', ${layer('relu', 0.02)}' ', ${layer('Reformatting "y"', 0.01)}' ']' > "\${a#*=}";;
esac; done
echo "&&&& PASSED TensorRT.trtexec [TensorRT v${number}] # trtexec"`;

function jetson(body: string) {
  board = fixtureBoard('test/fixtures/devices/jetson-orin-nano.txt');
  board.program('trtexec', body);
  board.program(
    'tegrastats',
    "while :; do echo 'RAM 1/2MB CPU [1%@1] GR3D_FREQ 63%@[621] VDD_IN 12000mW/9000mW'; sleep 0.02; done",
  );
  const opened = { transport: board.transport, meet: async () => {}, agent: async () => [] };
  const job = {
    runtime: runtimeOf('tensorrt'),
    model: { id, content: () => content },
    ...{ options: { minTime: 1000 }, watch: {}, rest: 0.05, interval: 20, root: board.root },
  };
  return { device: { name: 'board', url: 'local:', opened }, job };
}

const calls = (): string[] => readFileSync(join(board.folder, 'calls'), 'utf8').trim().split('\n');

const releases: [number: string, version: string, unknown: string, flags: string[]][] = [
  ['8601', '8.6.1', '--noCudaGraph|--includeDataTransfers', ['--useCudaGraph']],
  ['100300', '10.3.0', '--noCudaGraph|--includeDataTransfers', ['--useCudaGraph']],
  ['110100', '11.1.0', '--fp16|--int8|--best|--useCudaGraph', ['--includeDataTransfers']],
];

test.each(releases)(
  'v%s: an engine is built once, then measured',
  async (number, version, unknown, flags) => {
    const { device, job } = jetson(fake(number, unknown));
    const report = await benchOn(device, job);
    const [help, build = '', run = ''] = calls();
    const engine = /--saveEngine=(\S+)\.part/.exec(build)?.[1];
    expect(help).toBe('--help');
    expect(build.split(' ')).toEqual([
      ...[`--onnx=.edgebook/sent/${id}.onnx`, `--saveEngine=${engine}.part`],
      ...(version.startsWith('11') ? [] : ['--sparsity=enable']),
      ...[`--timingCacheFile=.edgebook/engines/timing-${version}.cache`],
      ...['--profilingVerbosity=detailed', '--skipInference'],
    ]);
    expect(run.split(' ')).toEqual([
      ...[`--loadEngine=${engine}`, '--warmUp=500', '--duration=1', '--percentile=50,90,95,99', ...flags],
      `--exportTimes=.edgebook/engines/times-${id.slice(0, 16)}.json`,
    ]);
    expect(report.latency).toMatchObject({ count: 3, min: 2, p50: 3, max: 4 });
    expect(report.conditions).toMatchObject({
      runtime: `TensorRT ${version} by trtexec`,
      precision: 'float32',
    });
    expect(report.surroundings).toMatchObject({ gpuUse: 63, power: { loaded: 12, idle: 12 } });
    expect(report.warnings[0]).toContain('no TensorRT was at hand');
    await benchOn(device, job);
    expect(
      calls()
        .slice(3)
        .map((call) => call.split('=')[0]),
    ).toEqual(['--help', '--loadEngine']);
  },
);

test.each(releases)('v%s: layers are timed in a run of their own', async (number, _, unknown) => {
  const { device, job } = jetson(fake(number, unknown));
  const ready = await runtimeJob(device, job);
  const profile = () => Promise.reject(new Error('that is onnxruntime'));
  expect(await job.runtime.layers({ ...ready, profile })).toEqual([
    { name: 'relu', op: '', microseconds: 20 },
    { name: 'Reformatting "y"', op: '', microseconds: 10 },
  ]);
  const run = calls().at(-1)!.split(' ');
  expect(run.slice(1)).toEqual([
    ...['--warmUp=500', '--duration=1', '--dumpProfile'],
    ...(number === '110100' ? [] : ['--separateProfileRun']),
    `--exportProfile=.edgebook/engines/profile-${id.slice(0, 16)}.json`,
  ]);
});

test('what trtexec says is told with the remedy; a build that failed leaves no engine', async () => {
  const { device, job } = jetson(
    fake('100300', '--skipInference').replace(
      'Unknown option: $a',
      '[TRT] No importer registered for op: Foo',
    ),
  );
  const failed = benchOn(device, job);
  await expect(failed).rejects.toThrow(DeviceError);
  await expect(failed).rejects.toThrow(
    /No importer registered for op: Foo\. That is: TensorRT has no operator Foo/,
  );
  await expect(benchOn(device, job)).rejects.toThrow('no operator Foo');
  await expect(benchOn(device, { ...job, options: { threads: 2 } })).rejects.toThrow(UsageError);
});

test('a board without trtexec is told what to install', async () => {
  board = fixtureBoard('test/fixtures/devices/raspberry-pi-5.txt');
  const opened = { transport: board.transport, meet: async () => {}, agent: async () => [] };
  const job = {
    runtime: runtimeOf('tensorrt'),
    model: { id, content: () => content },
    options: {},
    watch: {},
  };
  await expect(benchOn({ name: 'pi', url: 'local:', opened }, { ...job, root: board.root })).rejects.toThrow(
    /pi has no tensorrt: there is no trtexec: sudo apt install/,
  );
});

test('--exportTimes and --exportProfile, the second also where a name breaks its JSON', () => {
  board = fixtureBoard('test/fixtures/power/no-power.txt');
  expect(parseTimes(`[\n${query(1.5)},\n${query(1e-5)}\n]`)).toEqual([
    { latency: 1.5, compute: 1.3 },
    { latency: 1e-5, compute: 1e-5 - 0.2 },
  ]);
  expect(parseTimes('no times')).toEqual([]);
  expect(
    parseProfile(`[
  { "count" : 2094 }
, { "name" : "conv1 + relu1", "timeMs" : 47.82, "averageMs" : 0.0228, "medianMs" : 0.0225, "percentage" : 61.6 }
, { "name" : "say "hi"", "timeMs" : 16.15, "averageMs" : 0.0077, "percentage" : 38.4 }
]`),
  ).toEqual({
    count: 2094,
    layers: [
      { name: 'conv1 + relu1', average: 0.0228, median: 0.0225, percentage: 61.6 },
      { name: 'say "hi"', average: 0.0077, percentage: 38.4 },
    ],
  });
  expect(parseProfile('[]')).toBeUndefined();
});

test.each([
  ['[E] Unknown option: --fp16', /does not know --fp16/],
  [
    '[E] [TRT] 4: Network has dynamic or shape inputs, but no optimization profile has been defined.',
    /--shape/,
  ],
  ['[E] Error[10]: Could not find any implementation for node Conv_1.', /no kernel fits Conv_1/],
  ['[E] [TRT] 6: The engine plan file is not compatible with this version of TensorRT', /built anew/],
  ['[E] Error[1]: Cuda failure: out of memory', /close other programs/],
  ['[E] CUDA initialization failure with error: 35', /one release/],
  ['NvRmMemInitNvmap failed with Permission denied', /usermod/],
  ['[E] something else', /^something else$/],
])('%s', (output, remedy) => {
  board = fixtureBoard('test/fixtures/power/no-power.txt');
  expect(trtexecFailure(output)).toMatch(remedy);
});
