export interface WavInit {
  readonly rate?: number;
  readonly channels?: number;
  readonly bits: number;
  /** IEEE float instead of PCM. */
  readonly float?: boolean;
  /** Writes WAVE_FORMAT_EXTENSIBLE. */
  readonly extensible?: boolean;
  /** A chunk of odd size before the sound. */
  readonly extra?: boolean;
}

/** A WAV file of numbers from -1 to 1, channels beside each other. */
export function wav(samples: readonly number[], init: WavInit): Uint8Array {
  const { rate = 16_000, channels = 1, bits, float = false, extensible = false, extra = false } = init;
  const code = float ? 3 : 1;
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : code, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE((rate * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(code, 24);
  const data = Buffer.concat(samples.map((value) => one(value, bits, float)));
  const chunks = [
    chunk('fmt ', format),
    ...(extra ? [chunk('LIST', Buffer.from('odd'))] : []),
    chunk('data', data),
  ];
  const body = Buffer.concat([Buffer.from('WAVE'), ...chunks]);
  const head = Buffer.from('RIFF\0\0\0\0');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

function one(value: number, bits: number, float: boolean): Buffer {
  const out = Buffer.alloc(bits / 8);
  if (float) {
    if (bits === 32) out.writeFloatLE(value);
    else out.writeDoubleLE(value);
  } else if (bits === 8) out.writeUInt8(Math.round(value * 128) + 128);
  else out.writeIntLE(Math.min(2 ** (bits - 1) - 1, Math.round(value * 2 ** (bits - 1))), 0, bits / 8);
  return out;
}

function chunk(name: string, content: Buffer): Buffer {
  const head = Buffer.from(`${name}\0\0\0\0`);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
