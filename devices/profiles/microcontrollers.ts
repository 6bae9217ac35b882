import { derived } from './chapter.ts';
import { corePeaks } from './cores.ts';
import { type Profile, quoted, type Source } from './profile.ts';
import { giga, kibi, mebi } from './units.ts';

const portentaSheet: Source = {
  kind: 'data sheet',
  title: 'Arduino Portenta H7 datasheet: STM32H747, Cortex-M7 at 480 MHz, 8 MB SDRAM, 16 MB QSPI flash',
  url: 'https://docs.arduino.cc/resources/datasheets/ABX00042-ABX00045-ABX00046-datasheet.pdf',
};
const h747: Source = {
  kind: 'vendor',
  title: 'Zephyr, Arduino Portenta H7: STM32H747XI with 2 MB of flash and 1 MB of RAM',
  url: 'https://docs.zephyrproject.org/latest/boards/arduino/portenta_h7/doc/index.html',
};
const portenta: Profile = {
  name: 'portenta-h7',
  title: 'Arduino Portenta H7',
  family: 'Microcontrollers',
  engines: [
    {
      name: 'Cortex-M7',
      kind: 'cpu',
      efficiency: 'microcontroller',
      peak: corePeaks('Cortex-M7', 1, giga(0.48)),
      target: 'c',
    },
  ],
  memory: {
    bytes: quoted(mebi(9), derived('1 MB of the STM32H747 and 8 MB of SDRAM')),
    onChip: quoted(mebi(1), h747),
    flash: quoted(
      mebi(18),
      derived(`2 MB of the STM32H747 and 16 MB of QSPI flash (${portentaSheet.title})`),
    ),
  },
  runtimes: ['LiteRT for Microcontrollers', 'generated C (CMSIS-NN)'],
  notes: [
    'Its second core, a Cortex-M4 at 240 MHz, is left out',
    'Power and price are in no source at hand; the chapter counts it to boards of 5-25 W, a microcontroller needs far less',
  ],
};

const espSheet: Source = {
  kind: 'data sheet',
  title: 'ESP32-S3 Series Datasheet: 512 KB SRAM; both cores at 240 MHz with vectors 107.9 mA at 3.3 V',
  url: 'https://www.espressif.com/sites/default/files/documentation/esp32-s3_datasheet_en.pdf',
  unread: true,
};
const esp: Profile = {
  name: 'esp32-s3',
  title: 'Espressif ESP32-S3 (N8R8: 8 MB flash, 8 MB PSRAM)',
  family: 'Microcontrollers',
  engines: [
    {
      name: 'Xtensa LX7 with vectors',
      kind: 'cpu',
      efficiency: 'microcontroller-simd',
      peak: corePeaks('Xtensa LX7 of the ESP32-S3', 1, giga(0.24)),
      target: 'c',
    },
  ],
  memory: {
    bytes: quoted(kibi(512) + mebi(8), derived('512 KB of SRAM and 8 MB of PSRAM')),
    onChip: quoted(kibi(512), espSheet),
    flash: quoted(mebi(8), {
      kind: 'vendor',
      title: 'Waveshare ESP32-S3-PICO-1-N8R8: 8 MB flash with 8 MB PSRAM',
      url: 'https://www.waveshare.com/esp32-s3-tiny.htm',
    }),
  },
  power: {
    min: 0.11,
    max: 0.36,
    from: derived(
      `3.3 V x 32.3 mA, powered up and idle (MoleNet V6, ComNets Bremen), to 3.3 V x 107.9 mA (${espSheet.title})`,
    ),
  },
  price: {
    usd: 10,
    max: 25,
    year: 2026,
    from: {
      kind: 'article',
      title: 'ForestHub, ESP32-S3: 10-25 USD for a development board',
      url: 'https://www.foresthub.ai/resources/esp32-s3-people-counting-tflite',
    },
  },
  runtimes: ['LiteRT for Microcontrollers with ESP-NN', 'ESP-DL'],
  notes: ['One of its two cores computes, as ESP-NN does it'],
};

const alifPage: Source = {
  kind: 'vendor',
  title: 'Alif Semiconductor, Ensemble E7: 13.5 MB of SRAM, 5.5 MB of MRAM',
  url: 'https://alifsemi.com/ensemble-e7-series/',
  unread: true,
};
const ethos: Source = {
  kind: 'derived',
  title: 'Arm Ethos-U55 with 256 multiply-accumulates a clock at 400 MHz (clock: Zephyr, Alif Ensemble)',
  url: 'https://docs.zephyrproject.org/latest/boards/alif/ensemble_e8_dk/doc/index.html',
};
const alif: Profile = {
  name: 'alif-ensemble-e7',
  title: 'Alif Ensemble E7 (Cortex-M55 with Ethos-U55)',
  family: 'Microcontrollers',
  engines: [
    {
      name: 'Ethos-U55-256',
      kind: 'npu',
      efficiency: 'npu',
      peak: { int8: { dense: giga(204.8), from: ethos } },
      target: 'tflite',
    },
    {
      name: 'Cortex-M55',
      kind: 'cpu',
      efficiency: 'microcontroller',
      peak: corePeaks('Cortex-M55', 1, giga(0.4)),
      target: 'c',
    },
  ],
  memory: { bytes: quoted(mebi(13.5), alifPage), flash: quoted(mebi(5.5), alifPage) },
  runtimes: ['LiteRT for Microcontrollers with Vela', 'ExecuTorch'],
  notes: [
    'It stands for the chapter’s "Cortex-M with NPU". Power and price are in no source at hand',
    'Rules for operators are those of LiteRT; Vela keeps some of them on the Cortex-M55',
  ],
};

export const microcontrollers: readonly Profile[] = [portenta, esp, alif];
