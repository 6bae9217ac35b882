import { chapter } from './chapter.ts';
import type { Profile } from './profile.ts';
import { tera } from './units.ts';

export const gyrfalcon: readonly Profile[] = [
  {
    name: 'lightspeeur-2801s',
    title: 'Gyrfalcon Lightspeeur 2801S',
    family: 'Gyrfalcon',
    engines: [
      {
        name: 'Lightspeeur 2801S',
        kind: 'npu',
        efficiency: 'npu',
        peak: { int8: { dense: tera(2.8), from: chapter } },
      },
    ],
    power: { max: 0.3, from: chapter, of: 'the chip' },
    runtimes: ['Gyrfalcon SDK'],
    needsHost: true,
    notes: [
      'No data sheet was at hand: memory, link, price and operators are unknown, and estimates leave them out',
      'It was made for plain convolutions like those of VGG; whether it takes others is unknown',
    ],
  },
];
