import { chapter, derived } from './chapter.ts';
import { corePeaks } from './cores.ts';
import { type Engine, type Peak, type Profile, quoted, type Source } from './profile.ts';
import { gibi, giga, tera } from './units.ts';

const runtimes = ['TensorRT', 'onnxruntime (CPU, CUDA, TensorRT)'];

const modules: Source = {
  kind: 'vendor',
  title: 'NVIDIA, Jetson modules: technical specifications',
  url: 'https://developer.nvidia.com/embedded/jetson-modules',
  unread: true,
};
const orinNano: Source = {
  kind: 'data sheet',
  title: 'NVIDIA Jetson Orin Nano Series Modules Data Sheet, DS-11105-001',
  url: 'https://developer.nvidia.com/downloads/jetson-orin-nano-series-modules-data-sheet',
};
const orinNanoArticle: Source = {
  kind: 'article',
  title: 'B. Sapui, Jetson Orin Nano Super: 68 GB/s before, 102 GB/s with the Super firmware',
  url: 'https://www.brojogopalsapui.com/ai-foundations/sub_contents/AI_hardware/jetson_orin_nano_light.html',
};
const orinNx: Source = {
  kind: 'data sheet',
  title: 'NVIDIA Jetson Orin NX Series Modules Data Sheet, DS-10712-001',
  url: 'https://developer.nvidia.com/downloads/jetson-orin-nx-module-series-data-sheet',
};
const dla: Source = {
  kind: 'vendor',
  title: 'NVIDIA Deep-Learning-Accelerator-SW, README: TOPS of GPU and DLA by power mode (AGX Orin 64GB)',
  url: 'https://github.com/NVIDIA/Deep-Learning-Accelerator-SW',
};

/** An Ampere GPU: tensor cores take half as many float16 as int8, CUDA cores two operations a clock. */
function ampere(cudaCores: number, hertz: number, int8: Peak): Engine {
  return {
    name: 'Ampere GPU',
    kind: 'gpu',
    efficiency: 'gpu',
    peak: {
      float32: {
        dense: cudaCores * 2 * hertz,
        from: derived(`${cudaCores} CUDA cores at ${hertz / 1e6} MHz, one FMA a clock`),
      },
      float16: {
        dense: int8.dense / 2,
        from: derived('half of dense int8, as tensor cores of Ampere have it'),
      },
      int8,
    },
    target: 'tensorrt',
  };
}

const deepLearningAccelerators = (int8: Peak): Engine => ({
  name: '2 NVDLA 2.0',
  kind: 'npu',
  efficiency: 'npu',
  peak: { int8 },
  target: 'tensorrt',
});

const cpu = (count: number, hertz: number): Engine => ({
  name: `${count} Cortex-A78AE`,
  kind: 'cpu',
  efficiency: 'cpu',
  peak: corePeaks('Cortex-A78AE', count, hertz),
  target: 'ort-arm',
});

const nano: Profile = {
  name: 'jetson-nano',
  title: 'NVIDIA Jetson Nano (4 GB)',
  family: 'NVIDIA Jetson',
  engines: [
    {
      name: 'Maxwell GPU',
      kind: 'gpu',
      efficiency: 'gpu',
      peak: {
        float32: {
          dense: giga(236),
          from: derived('128 CUDA cores at 921 MHz, one FMA a clock'),
        },
        float16: {
          dense: giga(472),
          from: {
            kind: 'vendor',
            title: 'NVIDIA, Jetson Nano: 472 GFLOPS (float16), as quoted by Yahboom',
            url: 'https://github.com/YahboomTechnology/Jetson-NANO-4GB',
          },
        },
      },
      target: 'tensorrt',
    },
    {
      name: '4 Cortex-A57',
      kind: 'cpu',
      efficiency: 'cpu',
      peak: corePeaks('Cortex-A57', 4, giga(1.43)),
      target: 'ort-arm',
    },
  ],
  memory: { bytes: quoted(gibi(4), modules), bandwidth: quoted(giga(25.6), modules) },
  power: { min: 5, max: 10, from: modules },
  price: { usd: 99, year: 2019, from: { ...modules, title: 'NVIDIA, launch of the developer kit' } },
  runtimes,
  notes: [
    'Its GPU has no int8: TensorRT runs quantized models in float16 or float32',
    'The chapter counts it to 10-30 W devices; its power modes are 5 and 10 W',
  ],
};

const volta = derived('48 tensor cores at 1.1 GHz, 64 float16 FMA a clock each');
const xavierNx: Profile = {
  name: 'jetson-xavier-nx',
  title: 'NVIDIA Jetson Xavier NX (8 GB)',
  family: 'NVIDIA Jetson',
  engines: [
    {
      name: 'Volta GPU',
      kind: 'gpu',
      efficiency: 'gpu',
      peak: {
        float32: {
          dense: giga(845),
          from: {
            kind: 'article',
            title: 'TopCPU, Jetson Xavier NX GPU: 384 CUDA cores at 1100 MHz',
            url: 'https://www.topcpu.net/en/cpu-c/jetson-xavier-nx-gpu-vs-tegra-4-gpu',
          },
        },
        float16: { dense: tera(6.76), from: volta },
        int8: {
          dense: tera(12),
          from: derived('21 TOPS of the module without the 9 TOPS of its two NVDLA'),
        },
      },
      target: 'tensorrt',
    },
    {
      name: '2 NVDLA 1.0',
      kind: 'npu',
      efficiency: 'npu',
      peak: { int8: { dense: tera(9), from: modules } },
      target: 'tensorrt',
    },
  ],
  memory: { bytes: quoted(gibi(8), modules), bandwidth: quoted(giga(59.7), modules) },
  power: { min: 10, max: 20, from: modules },
  price: { usd: 399, year: 2020, from: { ...modules, title: 'NVIDIA, launch of the developer kit' } },
  runtimes,
  notes: ['21 TOPS (int8, dense) are those of GPU and NVDLA together, at 15 W and more; at 10 W they are 14'],
};

const orinNanoInt8: Peak = { dense: tera(20), sparse: tera(40), from: orinNano };
const nano8: Profile = {
  name: 'jetson-orin-nano',
  title: 'NVIDIA Jetson Orin Nano (8 GB)',
  family: 'NVIDIA Jetson',
  engines: [ampere(1024, 625e6, orinNanoInt8), cpu(6, giga(1.5))],
  memory: { bytes: quoted(gibi(8), orinNano), bandwidth: quoted(giga(68), orinNanoArticle) },
  power: { min: 7, max: 15, from: modules },
  price: {
    usd: 249,
    year: 2024,
    from: chapter,
    of: 'the developer kit (Super), which has this mode too',
  },
  runtimes,
  notes: [
    'The chapter says 40 TOPS: those are for 2:4 sparse weights, dense it has 20',
    'With the Super firmware of 2024 (25 W) it has 67 sparse TOPS and 102 GB/s; these figures are without',
  ],
};

const orinNxInt8: Peak = {
  dense: tera(30),
  sparse: tera(60),
  from: derived('100 sparse and 50 dense TOPS of the module (data sheet) without 40 and 20 of its two NVDLA'),
};
const nx16: Profile = {
  name: 'jetson-orin-nx',
  title: 'NVIDIA Jetson Orin NX (16 GB)',
  family: 'NVIDIA Jetson',
  engines: [
    ampere(1024, 918e6, orinNxInt8),
    deepLearningAccelerators({ dense: tera(20), sparse: tera(40), from: dla }),
    cpu(8, giga(2)),
  ],
  memory: { bytes: quoted(gibi(16), orinNx), bandwidth: quoted(giga(102), orinNx) },
  power: { min: 10, max: 25, from: orinNx },
  price: { usd: 599, year: 2023, from: chapter, of: 'the module, without a carrier board', part: true },
  runtimes,
  notes: [
    'The chapter says 100 TOPS: those are sparse, and of GPU and NVDLA together; dense they are 50, of the GPU 30',
  ],
};

const agxInt8: Peak = { dense: tera(85.5), sparse: tera(171), from: dla };
const agx: Profile = {
  name: 'jetson-agx-orin',
  title: 'NVIDIA Jetson AGX Orin (64 GB)',
  family: 'NVIDIA Jetson',
  engines: [
    ampere(2048, 1.3e9, agxInt8),
    deepLearningAccelerators({ dense: tera(52.5), sparse: tera(105), from: dla }),
    cpu(12, giga(2.2)),
  ],
  memory: { bytes: quoted(gibi(64), modules), bandwidth: quoted(giga(204.8), modules) },
  power: { min: 15, max: 60, from: modules },
  price: { usd: 1999, year: 2022, from: chapter, of: 'the developer kit' },
  runtimes,
  notes: [
    'The chapter says 275 TOPS: those are sparse, and of GPU (171) and NVDLA (105) together; dense, the GPU has 85.5',
  ],
};

export const jetson: readonly Profile[] = [nano, xavierNx, nano8, nx16, agx];
