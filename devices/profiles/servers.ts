import { chapter } from './chapter.ts';
import { type Engine, type Profile, quoted, type Source } from './profile.ts';
import { gibi, giga, tera } from './units.ts';

const runtimes = ['TensorRT', 'onnxruntime (CPU, CUDA, TensorRT)'];

const t4Sheet: Source = {
  kind: 'data sheet',
  title: 'NVIDIA T4 datasheet: 8.1 (float32), 65 (float16), 130 (int8) TOPS, 16 GB at 320 GB/s, 70 W',
  url: 'https://www.nvidia.com/content/dam/en-zz/Solutions/Data-Center/tesla-t4/t4-tensor-core-datasheet-951643.pdf',
  unread: true,
};
const t4 = (count: number): Engine => ({
  name: 'NVIDIA T4',
  kind: 'gpu',
  efficiency: 'gpu',
  peak: {
    float32: { dense: tera(8.1), from: t4Sheet },
    float16: { dense: tera(65), from: t4Sheet },
    int8: { dense: tera(130), from: t4Sheet },
  },
  target: 'tensorrt',
  count,
  memory: { bytes: quoted(gibi(16), t4Sheet), bandwidth: quoted(giga(320), t4Sheet) },
});

const l4Sheet: Source = {
  kind: 'article',
  title:
    'Grokipedia, NVIDIA L4 vs L40S: 485 sparse TOPS (int8), 242 sparse TFLOPS (float16), 24 GB, 300 GB/s, 72 W',
  url: 'https://grokipedia.com/page/NVIDIA_L4_vs_L40S',
};
const l4: Engine = {
  name: 'NVIDIA L4',
  kind: 'gpu',
  efficiency: 'gpu',
  peak: {
    float32: {
      dense: tera(31.3),
      from: {
        kind: 'article',
        title: 'HMC-Tech, NVIDIA L4: 31.33 TFLOPS (float32)',
        url: 'https://hmc-tech.com/gpu/nvidia-l4-vs-nvidia-l40',
      },
    },
    float16: { dense: tera(121), sparse: tera(242), from: l4Sheet },
    int8: { dense: tera(242), sparse: tera(485), from: l4Sheet },
  },
  target: 'tensorrt',
  memory: { bytes: quoted(gibi(24), l4Sheet), bandwidth: quoted(giga(300), l4Sheet) },
};

/** What such a machine draws and costs depends on how it is fitted out. */
const server = (
  name: string,
  title: string,
  details: { readonly engine: Engine; readonly notes: readonly string[] },
): Profile => ({
  name,
  title,
  family: 'Edge servers',
  engines: [details.engine],
  power: { min: 100, max: 1000, from: chapter },
  runtimes,
  notes: [
    ...details.notes,
    'Power is the chapter’s range for edge servers; the price depends on how it is fitted out',
  ],
});

export const servers: readonly Profile[] = [
  server('dell-xe2420-t4', 'Dell EMC PowerEdge XE2420 with 4 NVIDIA T4', {
    engine: t4(4),
    notes: [
      'Up to four T4: https://infohub.delltechnologies.com/p/supercharge-inference-performance-at-the-edge-using-the-dell-emc-poweredge-xe2420/',
      'One run uses one T4; the throughput is that of four',
    ],
  }),
  server('hpe-edgeline-t4', 'HPE Edgeline EL8000 with one NVIDIA T4', {
    engine: t4(1),
    notes: ['That the EL8000 takes a T4 is from its QuickSpecs, which were not at hand'],
  }),
  server('nvidia-egx-l4', 'NVIDIA EGX server with one NVIDIA L4', {
    engine: l4,
    notes: ['EGX names servers of many makers with GPUs of NVIDIA: this one is the smallest with an L4'],
  }),
];
