import { myriadX } from './accelerators.ts';
import { chapter, derived } from './chapter.ts';
import { corePeaks } from './cores.ts';
import { type Profile, quoted, type Source } from './profile.ts';
import { gibi, giga, tera } from './units.ts';

const runtimes = ['OpenVINO', 'onnxruntime (CPU, OpenVINO)'];

const tigerLake: Source = {
  kind: 'data sheet',
  title: 'Intel ARK, Core i5-1135G7: 4 cores up to 4.2 GHz, DDR4-3200, 12-28 W',
  url: 'https://ark.intel.com/content/www/us/en/ark/products/208658/intel-core-i5-1135g7-processor.html',
  unread: true,
};
const nuc: Profile = {
  name: 'intel-nuc-movidius',
  title: 'Intel NUC 11 (Core i5-1135G7, 16 GB) with Movidius Myriad X (Neural Compute Stick 2)',
  family: 'Intel',
  engines: [
    {
      name: '4 Tiger Lake cores',
      kind: 'cpu',
      efficiency: 'cpu',
      peak: corePeaks('AVX-512, one FMA unit', 4, giga(4.2)),
      target: 'openvino',
    },
    myriadX,
  ],
  memory: {
    bytes: quoted(gibi(16), chapter),
    bandwidth: quoted(giga(51.2), derived('DDR4-3200, two channels')),
  },
  power: { min: 15, max: 65, from: chapter },
  price: { usd: 300, max: 800, year: 2024, from: chapter },
  runtimes: ['OpenVINO 2022.3 (the last with Myriad)', 'onnxruntime'],
  notes: [
    `The chapter names no model: this is one of many. Processor and clock: ${tigerLake.title}`,
    'Int8 runs on the processor, which is faster than the Myriad X',
  ],
};

const meteorLake: Source = {
  kind: 'data sheet',
  title: 'Intel ARK, Core Ultra 7 155H: NPU 11 TOPS, GPU 18 TOPS (int8), recommended price 503 USD',
  url: 'https://ark.intel.com/content/www/us/en/ark/products/236847/intel-core-ultra-7-processor-155h.html',
  unread: true,
};
const meteorLakePower: Source = {
  kind: 'article',
  title: 'Notebookcheck, Intel Meteor Lake Analysis: Core Ultra H chips between 28 and 115 W',
  url: 'https://www.notebookcheck.net/Intel-Meteor-Lake-Analysis-Core-Ultra-7-155H-only-convinces-with-GPU-performance.783320.0.html',
};
const coreUltra: Profile = {
  name: 'intel-core-ultra',
  title: 'Intel Core Ultra 7 155H (32 GB)',
  family: 'Intel',
  engines: [
    {
      name: 'Arc GPU',
      kind: 'gpu',
      efficiency: 'gpu',
      peak: {
        float32: {
          dense: tera(4.6),
          from: derived('128 vector engines at 2.25 GHz, 8 FMA a clock each'),
        },
        float16: { dense: tera(9.2), from: derived('twice float32') },
        int8: { dense: tera(18), from: meteorLake },
      },
      target: 'openvino',
    },
    {
      name: 'NPU 3720',
      kind: 'npu',
      efficiency: 'npu',
      peak: {
        float16: { dense: tera(5.5), from: derived('half of int8') },
        int8: { dense: tera(11), from: meteorLake },
      },
      target: 'openvino',
    },
  ],
  memory: {
    bytes: quoted(gibi(32), chapter),
    bandwidth: quoted(giga(119.5), derived('LPDDR5X-7467, 128 bits')),
  },
  power: { min: 28, max: 115, from: meteorLakePower, of: 'the processor' },
  price: { usd: 503, year: 2023, from: meteorLake, of: 'the processor alone', part: true },
  runtimes,
  notes: [
    'The chapter says NPU 10-34 TOPS: 34 are those of NPU, GPU and cores together; 15-45 W; 300-600 USD',
    'Its cores are left out: three kinds, and no source at hand says what they reach together',
  ],
};

export const intel: readonly Profile[] = [nuc, coreUltra];
