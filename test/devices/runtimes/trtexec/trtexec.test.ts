import { expect, test } from 'vitest';
import { benchArgv } from '../../../../devices/runtimes/trtexec/bench-argv.ts';
import { parseTrtexec } from '../../../../devices/runtimes/trtexec/summary.ts';

// Own numbers in the formats of NVIDIA/TensorRT samples/common/sampleReporting.cpp.
const at = '[10/03/2024-10:47:59] [I] ';
const old = `&&&& RUNNING TensorRT.trtexec [TensorRT v8205] # trtexec --onnx=m.onnx
${at}Throughput: 321.5 qps
${at}Latency: min = 4.6 ms, max = 5.1 ms, mean = 4.7 ms, median = 4.72 ms, percentile(99%) = 4.8 ms
${at}End-to-End Host Latency: min = 9 ms, max = 9 ms, mean = 9 ms, median = 9 ms, percentile(99%) = 9 ms
${at}H2D Latency: min = 3 ms, max = 3 ms, mean = 3 ms, median = 3 ms, percentile(99%) = 3 ms
${at}GPU Compute Time: min = 1e-05 ms, max = 1.6 ms, mean = 1.5 ms, median = 1.5 ms, percentile(99%) = 1.6 ms
&&&& PASSED TensorRT.trtexec [TensorRT v8205] # trtexec --onnx=m.onnx
`;
const recent = (number: string) => `&&&& RUNNING TensorRT.trtexec [TensorRT v${number}] [b12] # trtexec
${at}Throughput: 130.3 qps
${at}Latency: min = 5 ms, max = 13 ms, mean = 7.6 ms, median = 7.1 ms, percentile(90%) = 10 ms, percentile(99%) = 12 ms
`;

test('8: the host latency, not one of the other lines that end alike', () => {
  expect(parseTrtexec(old)).toEqual({
    version: '8.2.5',
    passed: true,
    throughput: 321.5,
    latency: { min: 4.6, max: 5.1, mean: 4.7, median: 4.72, percentiles: { 99: 4.8 } },
    gpuCompute: { min: 1e-5, max: 1.6, mean: 1.5, median: 1.5, percentiles: { 99: 1.6 } },
  });
});

test.each([
  ['8601', '8.6.1'],
  ['100300', '10.3.0'],
  ['101600', '10.16.0'],
  ['110100', '11.1.0'],
])('v%s is %s, and cut off it has not passed', (number, version) => {
  const summary = parseTrtexec(recent(number));
  expect(summary).toMatchObject({ version, passed: false, latency: { percentiles: { 90: 10, 99: 12 } } });
});

test('other output is none', () => expect(parseTrtexec('sh: trtexec: not found')).toBeUndefined());

test('options by version', () => {
  const of = (major: number, transfers: boolean) =>
    benchArgv({ major, engine: 'e', duration: 10, transfers }).slice(5);
  expect(of(8, true)).toEqual(['--useCudaGraph']);
  expect(of(10, false)).toEqual(['--useCudaGraph', '--noDataTransfers']);
  expect(of(11, true)).toEqual(['--includeDataTransfers']);
  expect(of(11, false)).toEqual([]);
  expect(() => of(9, true)).toThrow('TensorRT must be 8, 10 or 11, was 9');
});
