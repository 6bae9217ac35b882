import {
  coralSheet,
  edgeTpu,
  hailo8,
  hailoSheet,
  myriadX,
  pcieThreeLane,
  usb3,
  usb3Bytes,
} from './accelerators.ts';
import { chapter, derived } from './chapter.ts';
import { corePeaks } from './cores.ts';
import { type Engine, type Memory, type Profile, quoted, type Source } from './profile.ts';
import { gibi, giga } from './units.ts';

const runtimes = ['onnxruntime', 'LiteRT'];

const pi4Power: Source = {
  kind: 'measured',
  title: 'geerlingguy/sbc-reviews, Raspberry Pi 4 model B: idle 1.6 W, HPL 7.2 W, at the wall',
  url: 'https://github.com/geerlingguy/sbc-reviews/issues/4',
};
const pi4: Profile = {
  name: 'raspberry-pi-4',
  title: 'Raspberry Pi 4 Model B (4 GB)',
  family: 'Raspberry Pi',
  engines: [
    {
      name: '4 Cortex-A72',
      kind: 'cpu',
      efficiency: 'cpu',
      peak: corePeaks('Cortex-A72', 4, giga(1.8)),
      target: 'ort-arm',
    },
  ],
  memory: {
    bytes: quoted(gibi(4), {
      kind: 'data sheet',
      title: 'Raspberry Pi 4 Model B datasheet',
      url: 'https://datasheets.raspberrypi.com/rpi4/raspberry-pi-4-datasheet.pdf',
      unread: true,
    }),
    bandwidth: quoted(giga(12.8), derived('LPDDR4-3200, 32 bits')),
  },
  power: { min: 1.6, max: 7.2, from: pi4Power },
  price: {
    usd: 55,
    year: 2019,
    from: {
      kind: 'article',
      title: 'Table of Raspberry Pi models: 35, 55 and 75 USD for 2, 4 and 8 GB',
      url: 'https://gist.github.com/kvutien/f48b1c5c5d65c5829f71b1ddd7702e4f',
    },
  },
  runtimes,
  notes: ['1.8 GHz, as newer firmware clocks it; boards of 2019 ran at 1.5 GHz'],
};

const pi5Launch: Source = {
  kind: 'vendor',
  title: 'Raspberry Pi 5: 4 Cortex-A76 at 2.4 GHz, LPDDR4X-4267, 60 USD (4 GB) and 80 USD (8 GB)',
  url: 'https://www.raspberrypi.com/products/raspberry-pi-5/',
  unread: true,
};
const pi5Power: Source = {
  kind: 'measured',
  title:
    'geerlingguy/sbc-reviews, Raspberry Pi 500 (the same SoC and clock): idle 3.1 W, HPL 11.5 W, at the wall',
  url: 'https://github.com/geerlingguy/sbc-reviews/issues/60',
};
const pi5Cpu: Engine = {
  name: '4 Cortex-A76',
  kind: 'cpu',
  efficiency: 'cpu',
  peak: corePeaks('Cortex-A76', 4, giga(2.4)),
  target: 'ort-arm',
};
const pi5Memory: Memory = {
  bytes: quoted(gibi(8), pi5Launch),
  bandwidth: quoted(giga(17.1), derived('LPDDR4X-4267, 32 bits')),
};
const [idle, load, usd] = [3.1, 11.5, 80] as const;

const pi5: Profile = {
  name: 'raspberry-pi-5',
  title: 'Raspberry Pi 5 (8 GB)',
  family: 'Raspberry Pi',
  engines: [pi5Cpu],
  memory: pi5Memory,
  power: { min: idle, max: load, from: pi5Power },
  price: { usd, year: 2023, from: pi5Launch },
  runtimes,
  notes: ['The chapter says 5-10 W; measured at the wall it is 3.1 to 11.5 W'],
};

interface AddOn {
  readonly name: string;
  readonly title: string;
  readonly engine: Engine;
  /** Watts and US dollars that it adds. */
  readonly watts: number;
  readonly usd: number;
  readonly year: number;
  readonly power: Source;
  readonly price: Source;
  readonly runtime: string;
  readonly notes: readonly string[];
}

/** A Pi 5 (8 GB) with an accelerator: powers and prices are sums. */
const withAddOn = (addOn: AddOn): Profile => ({
  name: addOn.name,
  title: addOn.title,
  family: 'Raspberry Pi',
  engines: [addOn.engine, pi5Cpu],
  memory: pi5Memory,
  power: {
    min: idle,
    max: load + addOn.watts,
    from: derived(`${pi5Power.title}; and ${addOn.watts} W: ${addOn.power.title}`),
  },
  price: {
    usd: usd + addOn.usd,
    year: addOn.year,
    from: derived(`80 USD for the Pi 5 (8 GB) and ${addOn.usd} USD: ${addOn.price.title}`),
  },
  runtimes: [addOn.runtime, ...runtimes],
  notes: addOn.notes,
});

const myriadPower: Source = {
  kind: 'article',
  title: "Tom's Hardware, Intel Unveils Movidius Myriad X: 1.5 W",
  url: 'http://www.tomshardware.com/news/intel-movidius-vpu-ai-inference,35327.html',
};

export const raspberryPi: readonly Profile[] = [
  pi4,
  pi5,
  withAddOn({
    name: 'raspberry-pi-5-hailo-8',
    title: 'Raspberry Pi 5 (8 GB) with Hailo-8 (AI HAT+, 26 TOPS)',
    engine: hailo8(giga(0.985), pcieThreeLane),
    watts: 2.5,
    usd: 110,
    year: 2024,
    power: hailoSheet,
    price: {
      kind: 'vendor',
      title: 'Raspberry Pi AI HAT+ (26 TOPS)',
      url: 'https://www.raspberrypi.com/products/ai-hat/',
      unread: true,
    },
    runtime: 'HailoRT',
    notes: [
      'The chapter says 70 USD for a Hailo-8; the board for the Pi with this chip was announced at 110 USD',
      'Its rules for operators are not among the targets: all layers count as taken',
    ],
  }),
  withAddOn({
    name: 'raspberry-pi-5-coral',
    title: 'Raspberry Pi 5 (8 GB) with Coral USB Accelerator',
    engine: edgeTpu(usb3Bytes, usb3),
    watts: 2,
    usd: 60,
    year: 2024,
    power: coralSheet,
    price: chapter,
    runtime: 'LiteRT with libedgetpu',
    notes: [],
  }),
  withAddOn({
    name: 'raspberry-pi-5-ncs2',
    title: 'Raspberry Pi 5 (8 GB) with Intel Neural Compute Stick 2',
    engine: myriadX,
    watts: 1.5,
    usd: 80,
    year: 2024,
    power: myriadPower,
    price: chapter,
    runtime: 'OpenVINO 2022.3 (the last with Myriad)',
    notes: [
      'The stick computes in float16; Intel sells it no more, and launched it at 100 USD in 2018 (hwsw.hu)',
      'Memory bandwidth of the stick is not published: estimates leave it out',
    ],
  }),
];
