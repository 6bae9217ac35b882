import { expect, test } from 'vitest';
import { parseTegrastats, tegrastats } from '../../../devices/power/tegrastats.ts';

// Lines in the formats that users of these boards have published (beszel, datadog-agent, forum posts), with own numbers.
const nano =
  'RAM 700/3964MB (lfb 634x4MB) SWAP 0/1982MB (cached 0MB) IRAM 0/252kB(lfb 252kB) CPU [12%@102,1%@102,off,0%@102] EMC_FREQ 0% GR3D_FREQ 7%@76 PLL@39C CPU@40.5C PMIC@100C GPU@41C POM_5V_IN 910/943 POM_5V_GPU 40/20 POM_5V_CPU 123/123';
const xavier =
  'RAM 1903/15692MB (lfb 3251x4MB) CPU [1%@1190,2%@1190] EMC_FREQ 0% GR3D_FREQ 0% GPU@32C PMIC@100C GPU 10/0 CPU 216/216 SOC 864/864 SYS5V 1889/1889';
const orinNano =
  '11-15-2024 08:38:09 RAM 6185/7620MB (lfb 8x2MB) SWAP 851/3810MB (cached 1MB) CPU [15%@729,20%@729] EMC_FREQ 43%@2133 GR3D_FREQ 63%@[621] NVDEC off APE 200 cpu@53.968C CV0@-256C tj@53.968C VDD_IN 12479mW/12000mW VDD_CPU_GPU_CV 4667mW/4667mW VDD_SOC 2817mW/2817mW';
const agxOrin7 =
  '07-25-2026 09:08:28 RAM 20642/62817MB (lfb 1x2MB) CPU [23%@2201] GR3D_FREQ 12%@[1300,1300] NVENC0 off APE 174 cpu@52.9C/52.8C gpu@47.6C/47.6C VDD_GPU_SOC 5139mW/5100mW/6000mW VDD_CPU_CV 3268mW/3268mW/3268mW VIN_SYS_5V0 5500mW/5500mW/5500mW NC 0mW/0mW/0mW';
const thor = 'RAM 1/2MB CPU [0%@972] GR3D_FREQ @[1000,1000,1000] VDD_GPU 3000mW/3000mW VIN 20000mW/20000mW';

test('Nano, JetPack 4: no units, a core off', () => {
  expect(parseTegrastats(nano)).toEqual({
    memory: { used: 700 * 2 ** 20, total: 3964 * 2 ** 20 },
    cpu: [12, 1, undefined, 0],
    gpu: 7,
    celsius: { PLL: 39, CPU: 40.5, GPU: 41 },
    rails: { POM_5V_IN: 0.91, POM_5V_GPU: 0.04, POM_5V_CPU: 0.123 },
    power: { watts: 0.91, covers: 'board', from: 'POM_5V_IN' },
  });
});

test('AGX Xavier: rails named like engines are summed', () => {
  const sample = parseTegrastats(xavier);
  expect(sample?.rails).toEqual({ GPU: 0.01, CPU: 0.216, SOC: 0.864, SYS5V: 1.889 });
  expect(sample?.power?.watts).toBeCloseTo(2.979);
  expect(sample?.power).toMatchObject({ covers: 'rails', from: 'sum of GPU, CPU, SOC, SYS5V' });
});

test('Orin Nano: the input rail is the board, its value now and not the average', () => {
  const sample = parseTegrastats(orinNano);
  expect(sample).toMatchObject({ gpu: 63, cpu: [15, 20], power: { watts: 12.479, from: 'VDD_IN' } });
  expect(sample?.celsius).toEqual({ cpu: 53.968, tj: 53.968 });
});

test('AGX Orin, JetPack 7: three numbers, two temperatures', () => {
  const sample = parseTegrastats(agxOrin7);
  expect(sample?.rails).toEqual({ VDD_GPU_SOC: 5.139, VDD_CPU_CV: 3.268, VIN_SYS_5V0: 5.5 });
  expect(sample?.power?.watts).toBeCloseTo(13.907);
  expect(sample?.celsius).toEqual({ cpu: 52.9, gpu: 47.6 });
});

test('Thor says no load of its GPU', () => {
  const sample = parseTegrastats(thor);
  expect(sample).not.toHaveProperty('gpu');
  expect(sample?.power?.from).toBe('VIN');
});

test('other lines are none', () => {
  expect(parseTegrastats('sh: tegrastats: not found')).toBeUndefined();
});

// As one published log of a Nano has it.
test('a part above the whole is told: the labels are swapped', () => {
  const sample = parseTegrastats('RAM 1/2MB CPU [1%@1] POM_5V_IN 3227/3000 POM_5V_GPU 8949/8000');
  expect(sample?.power).toMatchObject({
    watts: 3.227,
    warning: expect.stringContaining('labels are swapped'),
  });
});

test('a line without rails gives no figure, and says why', () => {
  const text = 'RAM 1/2MB CPU [1%@1] GR3D_FREQ 5%';
  expect(tegrastats.read([{ at: 1, text }])).toEqual([]);
  expect(tegrastats.hindrance?.(text)).toContain('no power rails');
  expect(tegrastats.hindrance?.('')).toBeUndefined();
});
