import { type Engine, quoted, type Source } from './profile.ts';
import { gibi, giga, mebi, tera } from './units.ts';

/** Accelerators that several devices have. */

export const coralSheet: Source = {
  kind: 'data sheet',
  title: 'Coral USB Accelerator datasheet 1.4: 4 TOPS (int8), 2 TOPS per watt',
  url: 'https://coral.ai/static/files/Coral-USB-Accelerator-datasheet.pdf',
};
const coralCompiler: Source = {
  kind: 'vendor',
  title: 'Coral, Edge TPU compiler: about 8 MB of SRAM cache the parameters',
  url: 'https://coral.ai/docs/edgetpu/compiler/#parameter-data-caching',
  unread: true,
};

/** `bytesPerSecond`: of the way between the host and the Edge TPU. */
export const edgeTpu = (bytesPerSecond: number, from: Source): Engine => ({
  name: 'Edge TPU',
  kind: 'npu',
  efficiency: 'npu',
  peak: { int8: { dense: tera(4), from: coralSheet } },
  target: 'edgetpu',
  onChip: quoted(mebi(8), coralCompiler),
  link: quoted(bytesPerSecond, from),
});

export const usb3: Source = {
  kind: 'derived',
  title: 'USB 3.1 Gen 1: 5 Gbit/s with 8b/10b coding',
};
export const usb3Bytes = giga(0.5);

export const pcieTwoLane: Source = { kind: 'derived', title: 'PCIe 2.0 x1: 5 GT/s with 8b/10b coding' };
export const pcieThreeLane: Source = { kind: 'derived', title: 'PCIe 3.0 x1: 8 GT/s with 128b/130b coding' };
export const pcieThreeFour: Source = { kind: 'derived', title: 'PCIe 3.0 x4: 8 GT/s with 128b/130b coding' };

export const hailoSheet: Source = {
  kind: 'vendor',
  title: 'Hailo-8 AI accelerator: 26 TOPS, typically 2.5 W',
  url: 'https://hailo.ai/products/ai-accelerators/hailo-8-ai-accelerator/',
  unread: true,
};

export const hailo8 = (bytesPerSecond: number, from: Source): Engine => ({
  name: 'Hailo-8',
  kind: 'npu',
  efficiency: 'npu',
  peak: { int8: { dense: tera(26), from: hailoSheet } },
  link: quoted(bytesPerSecond, from),
});

export const myriadArticle: Source = {
  kind: 'vendor',
  title: 'Intel, Optimize Networks for the Neural Compute Stick 2: two Neural Compute Engines, 1 TOPS',
  url: 'https://www.intel.cn/content/www/cn/zh/developer/articles/technical/neural-compute-stick-2-optimizing-networks.html',
};
const myriadMemory: Source = {
  kind: 'article',
  title: 'AnandTech, Intel Announces Movidius Myriad X: 4 Gbit of LPDDR4 in the package (MA2485)',
  url: 'http://dynamic1.anandtech.com/show/11771/intel-announces-movidius-myriad-x-vpu',
};

/** Movidius Myriad X in the Neural Compute Stick 2. It computes in float16. */
export const myriadX: Engine = {
  name: 'Myriad X',
  kind: 'npu',
  efficiency: 'npu',
  peak: { float16: { dense: tera(1), from: myriadArticle } },
  link: quoted(usb3Bytes, usb3),
  memory: { bytes: quoted(gibi(0.5), myriadMemory) },
};
