/** Spoken words, said by Debian's espeak-ng in many voices with noise, as MFCC [1, 49, 10]. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { soundFormat } from '../src/data/audio/sound-folder.ts';
import { decodeWav } from '../src/data/audio/wav.ts';
import { Dataset, spectrumInto } from '../src/data/index.ts';
import { ChannelStatistics } from '../src/data/normalization.ts';
import { permutation, type Random, random } from '../src/random.ts';
import { debianFile } from './quantization-debian.ts';

export const wordNames = ['yes', 'no', 'up', 'down', 'left', 'right', 'on', 'off', 'stop', 'go'] as const;

const rate = 22_050;
const accents = ['en-us', 'en-gb', 'en-gb-scotland', 'en-gb-x-rp', 'en-gb-x-gbclan', 'en-029'];
/** Of 100 voices, those that `test` has to itself. */
const heldOut = 0.3;

interface Utterance {
  readonly word: number;
  readonly voice: string;
  readonly speed: number;
  readonly pitch: number;
}

/** Each word in each voice and accent, once; the voices of `test` are not in `train`. */
export async function words(): Promise<Dataset> {
  const voices = readdirSync(debianFile(`${espeakData()}/voices/!v`, 'espeak-ng-data')).sort();
  const source = random(7);
  const order = permutation(voices.length, source);
  const cut = Math.round(voices.length * heldOut);
  const names = (from: number, to: number) => [...order.subarray(from, to)].map((i) => voices[i]!);
  const test = await spoken(names(0, cut), source);
  const train = await spoken(names(cut, voices.length), source);
  const statistics = new ChannelStatistics([1, 49, 10]);
  statistics.add(train.images);
  return new Dataset({
    name: 'words',
    sampleShape: [1, 49, 10],
    classNames: wordNames,
    splits: { train, test },
    normalization: statistics.normalization(1),
  });
}

/** The folder of espeak-ng's data, relative to the root. */
function espeakData(): string {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  return `usr/lib/${machine}-linux-gnu/espeak-ng-data`;
}

async function spoken(voices: readonly string[], source: Random) {
  const utterances = voices.flatMap((voice) =>
    accents.flatMap((accent) =>
      wordNames.map((_, word) => ({
        ...{ word, voice: `${accent}+${voice}` },
        speed: 120 + source.integer(100),
        pitch: 20 + source.integer(60),
      })),
    ),
  );
  const { format } = soundFormat(rate, {});
  const images = new Float32Array(utterances.length * format.size);
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-words-'));
  try {
    await inParallel(4, utterances, async (utterance, i) => {
      const { samples } = decodeWav(await say(utterance, join(folder, `${i}.wav`)));
      const sound = noisy(samples, format.length, random(i));
      spectrumInto(images.subarray(i * format.size, (i + 1) * format.size), sound, format.spectrum);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { images, labels: Uint8Array.from(utterances, ({ word }) => word) };
}

async function say({ word, voice, speed, pitch }: Utterance, file: string): Promise<Buffer> {
  const data = debianFile(espeakData(), 'espeak-ng-data');
  const program = debianFile('usr/bin/espeak-ng', 'espeak-ng, libespeak-ng1, libpcaudio0 and libsonic0');
  const library = join(data, '..');
  const args = [`--path=${library}`, '-v', voice, '-s', String(speed), '-p', String(pitch), '-w', file];
  const env = { ...process.env, LD_LIBRARY_PATH: library };
  await promisify(execFile)(program, [...args, wordNames[word]!], { env });
  return readFile(file);
}

/** A second that has the word somewhere, with white noise of 5 to 25 dB below it. */
function noisy(word: Float32Array, length: number, source: Random): Float32Array {
  const sound = new Float32Array(length);
  const spoken = word.subarray(0, length);
  sound.set(spoken, source.integer(length - spoken.length + 1));
  const power = spoken.reduce((sum, x) => sum + x * x, 0) / spoken.length;
  const amount = Math.sqrt(power * 10 ** -(0.5 + 2 * source.uniform()));
  return sound.map((x) => x + amount * source.normal());
}

async function inParallel<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const i = next++;
      await work(items[i]!, i);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
