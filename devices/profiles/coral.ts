import { coralSheet, edgeTpu, pcieTwoLane, usb3, usb3Bytes } from './accelerators.ts';
import { chapter, derived } from './chapter.ts';
import { corePeaks } from './cores.ts';
import { type Profile, quoted, type Source } from './profile.ts';
import { gibi, giga } from './units.ts';

const board: Source = {
  kind: 'data sheet',
  title: 'Coral Dev Board datasheet: i.MX 8M (4 Cortex-A53), 1 GB LPDDR4, Edge TPU',
  url: 'https://coral.ai/docs/dev-board/datasheet/',
  unread: true,
};

const devBoard: Profile = {
  name: 'coral-dev-board',
  title: 'Google Coral Dev Board (1 GB)',
  family: 'Google Coral',
  engines: [
    edgeTpu(giga(0.5), pcieTwoLane),
    {
      name: '4 Cortex-A53',
      kind: 'cpu',
      efficiency: 'cpu',
      peak: corePeaks('Cortex-A53', 4, giga(1.5)),
      target: 'tflite',
    },
  ],
  memory: {
    bytes: quoted(gibi(1), board),
    bandwidth: quoted(giga(12.8), derived('LPDDR4-3200, 32 bits')),
  },
  power: { min: 2, max: 3, from: chapter, of: 'the Edge TPU alone' },
  price: { usd: 150, year: 2019, from: chapter },
  runtimes: ['LiteRT with libedgetpu'],
  notes: [
    'The chapter says 1 to 4 GB of memory; the board of the data sheet has 1 GB',
    'What the whole board draws is in no source at hand',
  ],
};

const usb: Profile = {
  name: 'coral-usb',
  title: 'Google Coral USB Accelerator',
  family: 'Google Coral',
  engines: [edgeTpu(usb3Bytes, usb3)],
  power: { max: 2, from: coralSheet, of: 'the Edge TPU alone' },
  price: { usd: 60, year: 2024, from: chapter },
  runtimes: ['LiteRT with libedgetpu'],
  needsHost: true,
  notes: ['The chapter says 2.5 W, the data sheet 2 W at full speed'],
};

export const coral: readonly Profile[] = [devBoard, usb];
