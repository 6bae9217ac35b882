import { chapter, derived } from './chapter.ts';
import { corePeaks } from './cores.ts';
import { type Profile, quoted, type Source } from './profile.ts';
import { gibi, giga, tera } from './units.ts';

const hawkPoint: Source = {
  kind: 'article',
  title: 'TechPowerUp, AMD Ryzen 8040 Series "Hawk Point": NPU 16 TOPS (7040 series: 10)',
  url: 'https://techpowerup.com/316436/amd-ryzen-8040-series-hawk-point-mobile-processors-announced-with-a-faster-npu',
};
const power: Source = {
  kind: 'article',
  title: 'TweakTown, AMD announces Ryzen 8040 Series: 8840U 15-30 W, Radeon 780M, 12 compute units',
  url: 'https://www.tweaktown.com/news/94796/amd-announces-ryzen-8040-series-hawk-point-apus-zen-4-cpu-rdna-3-gpu-xdna-for-ai/index.html',
};

export const amd: readonly Profile[] = [
  {
    name: 'amd-ryzen-ai',
    title: 'AMD Ryzen 7 8840U (Ryzen AI, 32 GB)',
    family: 'AMD',
    engines: [
      {
        name: 'XDNA NPU',
        kind: 'npu',
        efficiency: 'npu',
        peak: { int8: { dense: tera(16), from: hawkPoint } },
      },
      {
        name: 'Radeon 780M',
        kind: 'gpu',
        efficiency: 'gpu',
        peak: {
          float32: {
            dense: tera(8.3),
            from: derived('768 stream processors at 2.7 GHz, two FMA a clock (dual issue)'),
          },
          float16: { dense: tera(16.6), from: derived('twice float32') },
        },
      },
      {
        name: '8 Zen 4 cores',
        kind: 'cpu',
        efficiency: 'cpu',
        peak: corePeaks('AVX-512, one FMA unit', 8, giga(5.1)),
        target: 'ort-cpu-vnni',
      },
    ],
    memory: {
      bytes: quoted(gibi(32), chapter),
      bandwidth: quoted(giga(120), derived('LPDDR5X-7500, 128 bits')),
    },
    power: { min: 15, max: 30, from: power, of: 'the processor' },
    runtimes: ['onnxruntime (CPU, Vitis AI, DirectML)'],
    notes: [
      'The chapter says 10-16 TOPS and 15-45 W; this model has 16 TOPS and 15-30 W',
      'Peaks of cores are at the boost clock of one; the processor is sold to makers of computers only: no price',
      'Rules of the NPU for operators are not among the targets: all layers count as taken',
    ],
  },
];
