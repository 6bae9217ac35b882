import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SerialTransport } from '../../devices/serial/serial.ts';
import { random as randomOf } from '../../src/random.ts';
import { describeWith } from '../support/describe-with.ts';
import { FakeBoard, scriptProgram } from './rig/fake-board.ts';
import { Notebook } from './rig/notebook.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describeWith('serial', [scriptProgram], () => {
  let board: FakeBoard;
  let transport: SerialTransport;
  const attach = (path = board.path) => new SerialTransport('mcu', { path, baud: 115_200 });
  beforeEach(async () => {
    board = new FakeBoard();
    await board.plugIn();
    transport = attach();
  });
  afterEach(async () => {
    await transport.close();
    board.close();
  });
  const ask = async (...words: string[]) => text((await transport.exec(words)).stdout);

  test('exec sends a line and gives its reply; one that begins with ERR has failed', async () => {
    expect(await ask('INFO')).toBe('INFO board=fake hz=1000000\n');
    expect(await ask('ECHO', 'a b', '*c')).toBe('a b *c\n');
    expect((await transport.exec(['NONSENSE'])).code).toBe(1);
    expect(transport.line.isChecked).toBe(true);
  });

  test('many commands at once keep their replies apart', async () => {
    const numbers = Array.from({ length: 30 }, (_, i) => String(i));
    expect(await Promise.all(numbers.map((n) => ask('ECHO', n)))).toEqual(numbers.map((n) => `${n}\n`));
  });

  test('put and get carry any bytes; a file that does not fit is refused, and the old one stays', async () => {
    const bytes = randomBytes(1000);
    const seen: number[] = [];
    await transport.put('model.bin', bytes, { onProgress: (sent) => seen.push(sent) });
    expect(seen.at(-1)).toBe(1000);
    expect(Buffer.compare(await transport.get('model.bin'), bytes)).toBe(0);
    await expect(transport.put('model.bin', randomBytes(5000))).rejects.toThrow(
      'mcu: model.bin was not written: the flash has 4096 bytes',
    );
    expect(Buffer.compare(await transport.get('model.bin'), bytes)).toBe(0);
    await expect(transport.get('nowhere')).rejects.toThrow('mcu: nowhere was not read: No such file');
  });

  test('a line that loses and changes bytes: all arrives whole, and each command is done once', async () => {
    const source = randomOf(7);
    let [rate, damaged] = [0.002, 0];
    board.line = (bytes) =>
      Buffer.from(
        [...bytes].flatMap((byte) => {
          const dice = source.uniform();
          if (dice >= 2 * rate) return byte;
          damaged += 1;
          return dice < rate ? [] : byte ^ 0x10;
        }),
      );
    for (let i = 1; i <= 60; i++) expect(await ask('COUNT')).toBe(`OK ${i}\n`);
    expect(board.counted).toBe(60);
    // Its lines are longer.
    rate = 0.0004;
    const bytes = randomBytes(500);
    await transport.put('x', bytes);
    expect(Buffer.compare(await transport.get('x'), bytes)).toBe(0);
    expect(damaged).toBeGreaterThan(3);
  });

  test("the board's own chatter between replies is passed over", async () => {
    await ask('PING');
    const asked = ask('ECHO', 'x');
    board.say('BOOT again\nsensor: 12.5\n\u00ff\u0000');
    expect(await asked).toBe('x\n');
    expect(await ask('ECHO', 'y')).toBe('y\n');
  });

  test('a line on which nothing arrives whole is said to be damaged', async () => {
    await ask('PING');
    board.line = (bytes) => Buffer.from(bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte)));
    await expect(transport.exec(['INFO'])).rejects.toThrow(
      /mcu sends damaged lines: 4 of 4 replies to 'INFO'/,
    );
  });

  test('a silent board, and one that falls silent: an error within 10 s, and it works again when it speaks', async () => {
    board.silent = true;
    let begin = Date.now();
    await expect(transport.exec(['INFO'])).rejects.toThrow(
      /mcu does not answer 'PING' at \S+ with 115200 baud/,
    );
    expect(Date.now() - begin).toBeLessThan(10_000);
    board.silent = false;
    expect(await ask('PING')).toBe('PONG\n');
    board.silent = true;
    begin = Date.now();
    await expect(transport.exec(['INFO'])).rejects.toMatchObject({ name: 'DeviceError', device: 'mcu' });
    expect(Date.now() - begin).toBeLessThan(10_000);
    board.silent = false;
    expect(await ask('PING')).toBe('PONG\n');
  });

  test('another speed is told by what comes', async () => {
    board.silent = true;
    const asked = transport.exec(['INFO']).catch((error: Error) => error.message);
    const noise = setInterval(
      () => board.say(Buffer.from(Array.from({ length: 40 }, (_, i) => 128 + ((i * 37) % 128)))),
      100,
    );
    expect(await asked).toMatch(/sends what is no text at 115200 baud: its speed is another.*\?baud=/);
    clearInterval(noise);
  });

  test('a signal and a time limit end the wait', async () => {
    await ask('PING');
    board.silent = true;
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('stop')), 200);
    const begin = Date.now();
    await expect(transport.exec(['INFO'], { signal: controller.signal })).rejects.toThrow('stop');
    await expect(transport.exec(['INFO'], { timeoutMs: 300 })).rejects.toThrow(/has not ended within 0.3 s/);
    expect(Date.now() - begin).toBeLessThan(3000);
    board.silent = false;
    expect(await ask('ECHO', 'on')).toBe('on\n');
  });

  test('no such port, no port at all, and one in use are said with the remedy', async () => {
    const [none, file] = [attach('/dev/ttyNOPE'), attach(`${import.meta.dirname}/serial.test.ts`)];
    await expect(none.exec(['INFO'])).rejects.toThrow(
      /mcu: there is no port \/dev\/ttyNOPE. Is the board plugged in\?/,
    );
    await expect(file.exec(['INFO'])).rejects.toThrow(/is no serial port/);
    await ask('PING');
    const second = attach();
    await expect(second.exec(['INFO'])).rejects.toThrow(/is in use. Close the other program/);
    await Promise.all([none.close(), file.close(), second.close()]);
  });

  test('unplugged: an error in time; plugged in again, it answers', async () => {
    await ask('PING');
    await board.unplug();
    const begin = Date.now();
    await expect(transport.exec(['INFO'])).rejects.toThrow(/mcu: there is no port/);
    expect(Date.now() - begin).toBeLessThan(10_000);
    await board.plugIn();
    expect(await ask('INFO')).toContain('board=fake');
  });

  test('a first firmware without numbers and checksums is spoken to as well', async () => {
    const plain = new FakeBoard({ numbered: false });
    await plain.plugIn();
    const mcu = attach(plain.path);
    expect(text((await mcu.exec(['INFO'])).stdout)).toBe('INFO board=fake hz=1000000\n');
    expect(mcu.line.isChecked).toBe(false);
    await expect(mcu.put('x', Buffer.from('x'))).rejects.toThrow(
      'mcu: x was not written: its firmware keeps no files',
    );
    // Nobody could tell whether it was done: it is sent once.
    plain.silent = true;
    await expect(mcu.exec(['COUNT'])).rejects.toMatchObject({ name: 'DeviceError' });
    expect(plain.counted).toBe(1);
    await mcu.close();
    plain.close();
  });

  test('in a notebook: %attach says what it is, --shell sends lines, and TypeScript is refused', async () => {
    await transport.close();
    const notebook = new Notebook();
    const { stdout } = await notebook.good(`%attach mcu serial://${board.path}?baud=115200`);
    expect(stdout).toContain('It says: INFO board=fake hz=1000000. Send it lines: %%on mcu --shell');
    const cell = await notebook.good('%%on mcu --shell\nPING\n# a comment\nECHO hello there');
    expect(cell.stdout).toBe('PONG\nhello there\n');
    expect((await notebook.good('%%on mcu --shell\nNOPE')).stderr).toBe('exit code 1\n');
    const refusal = /UsageError: mcu is a microcontroller at a serial line, which runs no cells/;
    expect((await notebook.run('%%on mcu\n1 + 1')).error).toMatch(refusal);
    expect((await notebook.run('const x = 1\n%push x --to mcu')).error).toMatch(refusal);
    await notebook.good('%detach mcu');
    await notebook.close();
  });
});
