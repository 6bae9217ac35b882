import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Transport } from '../../devices/device.ts';

/** What is in a device's home folder, seen past the transport. */
export interface Home {
  read(path: string): Promise<Buffer>;
  /** The absolute path there. */
  path(path: string): Promise<string>;
  /** Names in a folder, in order. */
  list(folder: string): Promise<string[]>;
  /** Permission bits. */
  mode(path: string): Promise<number>;
}

/** A device whose home folder the test can look into. */
export interface Bench {
  readonly transport: Transport;
  readonly home: Home;
  close(): Promise<void>;
}

/** A home folder on this machine. */
export const homeHere = (folder: string): Home => ({
  read: async (path) => readFileSync(join(folder, path)),
  path: async (path) => join(folder, path),
  list: async (path) => readdirSync(join(folder, path)).toSorted(),
  mode: async (path) => statSync(join(folder, path)).mode & 0o777,
});

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** What every transport must do. */
export function conformance(title: string, start: () => Promise<Bench>): void {
  describe(title, () => {
    let bench: Bench;
    let transport: Transport;
    beforeAll(async () => {
      bench = await start();
      transport = bench.transport;
    });
    afterAll(() => bench.close());
    commands(() => transport);
    streams(() => transport);
    files(() => bench);
  });
}

function commands(transport: () => Transport): void {
  test('exec gives exit code, stdout and stderr apart', async () => {
    const result = await transport().exec(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect([result.code, text(result.stdout), text(result.stderr)]).toEqual([3, 'out\n', 'err\n']);
  });

  test('arguments arrive as they are, whatever they hold', async () => {
    const words = ['a b', "it's", '"q"', '$HOME', '`id`', '\\', '', '*', 'ü\n2', '-n'];
    const { stdout } = await transport().exec(['printf', '[%s]', ...words]);
    expect(text(stdout)).toBe(words.map((word) => `[${word}]`).join(''));
  });

  test('stdin is given as bytes or as a stream, and comes back whole', async () => {
    const bytes = randomBytes(1_000_003);
    const whole = await transport().exec(['cat'], { stdin: bytes });
    expect(Buffer.compare(whole.stdout, bytes)).toBe(0);
    async function* parts() {
      for (let i = 0; i < bytes.length; i += 100_000) yield bytes.subarray(i, i + 100_000);
    }
    const streamed = await transport().exec(['cat'], { stdin: parts() });
    expect(Buffer.compare(streamed.stdout, bytes)).toBe(0);
  });

  test('a command that does not read its input ends all the same', async () => {
    expect((await transport().exec(['true'], { stdin: randomBytes(5_000_000) })).code).toBe(0);
  });

  test('a time limit ends the command there and says so', async () => {
    const mark = `sleep 3${Math.floor(Math.random() * 1e6)}`;
    const running = transport().exec(['sh', '-c', `${mark}; true`], { timeoutMs: 800 });
    await expect(running).rejects.toThrow(/has not ended within 0.8 s and was stopped/);
    await expect(running).rejects.toMatchObject({ name: 'DeviceError', device: transport().name });
    await gone(transport(), mark);
  });

  test('a signal ends the command there', async () => {
    const controller = new AbortController();
    const mark = `sleep 4${Math.floor(Math.random() * 1e6)}`;
    const running = transport().exec(['sh', '-c', `${mark}; true`], { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 600);
    await expect(running).rejects.toThrow('enough');
    await gone(transport(), mark);
    await expect(transport().exec(['true'], { signal: controller.signal })).rejects.toThrow('enough');
  });

  test('many commands at once keep their outputs apart', async () => {
    const numbers = Array.from({ length: 12 }, (_, i) => i);
    const results = await Promise.all(
      numbers.map((i) => transport().exec(['sh', '-c', `echo ${i}; exit ${i}`])),
    );
    expect(results.map(({ code, stdout }) => [code, text(stdout)])).toEqual(
      numbers.map((i) => [i, `${i}\n`]),
    );
  });
}

/** Waits until no process has `mark` in its command line. */
async function gone(transport: Transport, mark: string): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const { stdout } = await transport.exec(['ps', '-eo', 'args']);
    if (!text(stdout).includes(mark)) return;
  }
  throw new Error(`'${mark}' still runs`);
}

function streams(transport: () => Transport): void {
  test('spawn answers while it runs', async () => {
    const spawned = transport().spawn(['sh', '-c', 'while read -r line; do echo "got $line"; done; exit 7']);
    const lines = spawned.stdout[Symbol.asyncIterator]();
    for (const word of ['one', 'two']) {
      await spawned.write(Buffer.from(`${word}\n`));
      expect(text((await lines.next()).value as Uint8Array)).toBe(`got ${word}\n`);
    }
    spawned.end();
    await lines.next();
    expect(await spawned.exit).toBe(7);
  });

  test('a program that is not there gives an error or the exit code of shells', async () => {
    const outcome = await transport()
      .exec(['no-such-program-here'])
      .then(({ code }) => code)
      .catch((error: Error) => error.message);
    expect([
      127,
      `${transport().name}: 'no-such-program-here' could not be started: there is no such program`,
    ]).toContain(outcome);
  });
}

function files(bench: () => Bench): void {
  test('put and get carry any bytes, into folders that are made', async () => {
    const { transport, home } = bench();
    const bytes = randomBytes(3_000_001);
    const seen: number[] = [];
    await transport.put("deep/er/it's a file.bin", bytes, { onProgress: (sent) => seen.push(sent) });
    expect((await home.read("deep/er/it's a file.bin")).equals(bytes)).toBe(true);
    expect(await home.list('deep/er')).toEqual(["it's a file.bin"]);
    expect(seen.at(-1)).toBe(bytes.length);
    expect(Buffer.compare(await transport.get("deep/er/it's a file.bin"), bytes)).toBe(0);
    await transport.put('empty', new Uint8Array());
    expect((await transport.get('empty')).length).toBe(0);
  });

  test('put replaces a file whole, with its permissions', async () => {
    const { transport, home } = bench();
    await transport.put('tool', Buffer.from('#!/bin/sh\necho old\n'), { mode: 0o755 });
    await transport.put('tool', Buffer.from('#!/bin/sh\necho new\n'), { mode: 0o700 });
    expect(await home.mode('tool')).toBe(0o700);
    expect(text((await transport.exec([await home.path('tool')])).stdout)).toBe('new\n');
  });

  test('an aborted put leaves the file as it was', async () => {
    const { transport, home } = bench();
    await transport.put('model', Buffer.from('old'));
    const controller = new AbortController();
    controller.abort(new Error('stop'));
    const bytes = randomBytes(1000);
    await expect(transport.put('model', bytes, { signal: controller.signal })).rejects.toThrow('stop');
    expect(text(await home.read('model'))).toBe('old');
  });

  test('errors name the device, the file and the reason', async () => {
    const { transport, home } = bench();
    const what = `${transport.name}: nowhere was not read`;
    await expect(transport.get('nowhere')).rejects.toThrow(what);
    await expect(transport.get('nowhere')).rejects.toThrow(/[Nn]o such file/);
    await transport.put('plain', new Uint8Array());
    await expect(transport.put('plain/below', Buffer.from('x'))).rejects.toThrow(
      /plain\/below was not written/,
    );
    expect((await home.read('plain')).length).toBe(0);
  });
}
