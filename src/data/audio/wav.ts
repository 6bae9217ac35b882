import { UsageError } from '../../errors.ts';

/** A sound: samples of all channels mixed to one, -1 to 1. */
export interface Sound {
  /** Samples per second. */
  readonly rate: number;
  readonly samples: Float32Array;
}

interface WaveFormat {
  readonly code: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/** No converter is faster: a header that says so is broken. */
const highestRate = 768_000;

type ReadSample = (view: DataView, at: number) => number;

/** By format code and bits: 1 is PCM, 3 is IEEE float. */
const readers: Record<string, ReadSample> = {
  '1/8': (view, at) => (view.getUint8(at) - 128) / 128,
  '1/16': (view, at) => view.getInt16(at, true) / 2 ** 15,
  '1/24': (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23,
  '1/32': (view, at) => view.getInt32(at, true) / 2 ** 31,
  '3/32': (view, at) => view.getFloat32(at, true),
  '3/64': (view, at) => view.getFloat64(at, true),
};

/**
 * Decodes a RIFF WAVE file: PCM of 8, 16, 24 or 32 bits, float of 32 or 64, plain or "extensible"; several channels
 * are averaged. Throws UsageError that says what is wrong. Source: Microsoft, Multimedia Programming Interface 1.0.
 */
export function decodeWav(bytes: Uint8Array): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || text(bytes, 0) !== 'RIFF' || text(bytes, 8) !== 'WAVE')
    throw new UsageError('it must be a RIFF WAVE file and does not begin as one');
  let format: WaveFormat | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [name, size] = [text(bytes, at), view.getUint32(at + 4, true)];
    const start = at + 8;
    if (name === 'fmt ') format = readFormat(view, { start, size });
    if (name === 'data') return readSamples(view, { format, start, size });
    // Chunks begin at even bytes.
    at = start + size + (size % 2);
  }
  throw new UsageError("it has no 'data' chunk: the file is cut off");
}

const text = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

function readFormat(view: DataView, { start, size }: { start: number; size: number }): WaveFormat {
  if (size < 16 || start + size > view.byteLength)
    throw new UsageError(
      `its 'fmt ' chunk must have 16 bytes or more, has ${Math.min(size, view.byteLength - start)}`,
    );
  const extensible = view.getUint16(start, true) === 0xfffe && size >= 26;
  return {
    code: view.getUint16(extensible ? start + 24 : start, true),
    channels: view.getUint16(start + 2, true),
    rate: view.getUint32(start + 4, true),
    bits: view.getUint16(start + 14, true),
  };
}

function readSamples(
  view: DataView,
  { format, start, size }: { format: WaveFormat | undefined; start: number; size: number },
): Sound {
  if (!format) throw new UsageError("its 'fmt ' chunk must come before 'data'");
  const { code, channels, rate, bits } = format;
  const read = readers[`${code}/${bits}`];
  if (!read)
    throw new UsageError(
      `it must be PCM of 8, 16, 24 or 32 bits or float of 32 or 64, is format ${code} of ${bits} bits`,
    );
  if (channels < 1 || rate < 1 || rate > highestRate)
    throw new UsageError(
      `it must have channels and a rate of at most ${highestRate} Hz, has ${channels} and ${rate} Hz`,
    );
  if (start + size > view.byteLength)
    throw new UsageError(
      `its sound must have ${size} bytes as its header says, has ${view.byteLength - start}: the file is cut off`,
    );
  const frame = (channels * bits) / 8;
  const samples = new Float32Array(Math.floor(size / frame));
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += read(view, start + i * frame + (c * bits) / 8);
    samples[i] = sum / channels;
  }
  return { rate, samples };
}
