import { describe, expect, test } from 'vitest';
import {
  type Engine,
  type Memory,
  profileOf,
  profileReport,
  profiles,
  profilesReport,
  type Source,
} from '../../../devices/profiles/index.ts';
import { targets } from '../../../src/targets/index.ts';

const engines = profiles.flatMap((profile) =>
  profile.engines.map((engine) => [`${profile.name}: ${engine.name}`, engine] as const),
);

describe('profiles', () => {
  test('cover the hardware chapter', () => {
    expect(profiles.map(({ name }) => name)).toEqual([
      ...['jetson-nano', 'jetson-xavier-nx', 'jetson-orin-nano', 'jetson-orin-nx', 'jetson-agx-orin'],
      ...[
        'raspberry-pi-4',
        'raspberry-pi-5',
        'raspberry-pi-5-hailo-8',
        'raspberry-pi-5-coral',
        'raspberry-pi-5-ncs2',
      ],
      ...['coral-dev-board', 'coral-usb', 'intel-nuc-movidius', 'intel-core-ultra', 'amd-ryzen-ai'],
      ...['hailo-8', 'lightspeeur-2801s', 'portenta-h7', 'esp32-s3', 'alif-ensemble-e7'],
      ...['dell-xe2420-t4', 'hpe-edgeline-t4', 'nvidia-egx-l4'],
    ]);
  });

  test.each(engines)('%s has peaks, rules that exist, and units in their range', (_, engine: Engine) => {
    const peaks = Object.values(engine.peak);
    expect(peaks.length).toBeGreaterThan(0);
    for (const { dense, sparse } of peaks) {
      // From a microcontroller's core to a server's GPU: a slip of tera and giga falls out.
      expect(dense).toBeGreaterThan(1e8);
      expect(dense).toBeLessThan(1e15);
      if (sparse !== undefined) expect(sparse / dense).toBeCloseTo(2, 1);
    }
    if (engine.target) expect(targets.map(({ name }) => name)).toContain(engine.target);
    if (engine.link) expect(engine.link.value).toBeLessThan(1e10);
  });

  test.each(engines)('%s is not slower in smaller numbers', (_, { peak }: Engine) => {
    const { float32, float16, int8 } = peak;
    if (float32 && float16) expect(float16.dense).toBeGreaterThan(float32.dense);
    if (float16 && int8) expect(int8.dense).toBeGreaterThan(float16.dense);
  });

  test.each(profiles.map((profile) => [profile.name, profile] as const))('%s is consistent', (_, profile) => {
    const { power, price, memory } = profile;
    if (power?.min !== undefined) expect(power.min).toBeLessThan(power.max);
    if (price?.max !== undefined) expect(price.max).toBeGreaterThan(price.usd);
    if (price) expect(price.year).toBeGreaterThanOrEqual(2019);
    if (memory?.onChip) expect(memory.onChip.value).toBeLessThan(memory.bytes.value);
    expect(
      profile.needsHost === true || memory !== undefined || profile.engines[0].memory !== undefined,
    ).toBe(true);
    for (const source of sourcesOf(profile)) {
      expect(source.title).not.toBe('');
      if (source.kind !== 'derived' && source.kind !== 'chapter')
        expect(source.url).toMatch(/^https?:\/\/\S+\.\S+/);
    }
  });

  test('quote the TOPS of headlines as sparse where the data sheet says so', () => {
    const int8 = (name: string) => profileOf(name).engines[0].peak.int8;
    expect(int8('jetson-orin-nano')).toMatchObject({ dense: 20e12, sparse: 40e12 });
    const total = (key: 'dense' | 'sparse') =>
      profileOf('jetson-orin-nx').engines.reduce(
        (sum, { kind, peak }) => sum + (kind === 'cpu' ? 0 : peak.int8![key]!),
        0,
      );
    expect([total('dense'), total('sparse')]).toEqual([50e12, 100e12]);
    expect(profileOf('jetson-nano').engines[0].peak.int8).toBeUndefined();
    expect(int8('jetson-xavier-nx')!.sparse).toBeUndefined();
  });

  test('an unknown name is refused with the nearest one', () => {
    expect(() => profileOf('jetson-orin-nana')).toThrow(/Did you mean 'jetson-orin-nano'\?/);
  });
});

describe('reports', () => {
  test('the list has every profile after what is attached', () => {
    const attached = { name: 'local', title: 'here', memoryBytes: 2 ** 31, runtimes: ['onnxruntime'] };
    const report = profilesReport(profiles, [attached]);
    expect(report.rows).toHaveLength(profiles.length + 1);
    expect(report.rows[0]).toMatchObject({ name: 'local', state: 'attached', memory: 2 });
    expect(report.rows.find(({ name }) => name === 'coral-usb')).toMatchObject({ int8: 4, power: 'up to 2' });
  });

  test.each(profiles.map((profile) => [profile.name, profile] as const))(
    '%s shows every source it has',
    (_, profile) => {
      const text = JSON.stringify(profileReport(profile).rows);
      for (const { title, url } of sourcesOf(profile)) {
        expect(text).toContain(JSON.stringify(title).slice(1, -1));
        if (url) expect(text).toContain(url);
      }
    },
  );

  test('a document that was not at hand is told', () => {
    const row = profileReport(profileOf('jetson-agx-orin')).rows.find(({ figure }) => figure === 'bandwidth');
    expect(row).toMatchObject({ value: '204.8 GB/s', source: expect.stringMatching(/^vendor, not at hand/) });
  });
});

const memorySources = (memory: Memory | undefined): Source[] =>
  [memory?.bytes, memory?.bandwidth, memory?.flash, memory?.onChip].flatMap((figure) => figure?.from ?? []);

function sourcesOf(profile: (typeof profiles)[number]): Source[] {
  return [
    ...profile.engines.flatMap(({ peak, onChip, link, memory }) => [
      ...Object.values(peak).map(({ from }) => from),
      ...[onChip, link].flatMap((figure) => figure?.from ?? []),
      ...memorySources(memory),
    ]),
    ...memorySources(profile.memory),
    ...[profile.power, profile.price].flatMap((figure) => figure?.from ?? []),
  ];
}
