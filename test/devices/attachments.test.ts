import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AttachedDevice } from '../../devices/attached-device.ts';
import { Attachments } from '../../devices/attachments.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgebook-attachments-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('names and URLs are remembered, and nothing else', async () => {
  const first = new Attachments(folder);
  await first.add(new AttachedDevice('jetson', 'ssh://me@orin:2222'));
  await first.add(new AttachedDevice('here', 'local:'));
  expect(JSON.parse(readFileSync(join(folder, '.edgebook/devices.json'), 'utf8'))).toEqual({
    version: 1,
    devices: [
      { name: 'jetson', url: 'ssh://me@orin:2222' },
      { name: 'here', url: 'local:' },
    ],
  });
  const second = new Attachments(folder);
  expect(second.named('all').map(({ name }) => name)).toEqual(['jetson', 'here']);
  await second.remove(second.get('jetson'));
  expect(new Attachments(folder).list().map(({ name }) => name)).toEqual(['here']);
});

test('this machine is there without being attached, and not among all', () => {
  const attachments = new Attachments(folder);
  expect(attachments.named('local,local').map(({ url }) => url)).toEqual(['local:']);
  expect(() => attachments.named('all')).toThrow(/No device is attached. Attach one: %attach/);
});

test('unknown names and URLs are named', async () => {
  const attachments = new Attachments(folder);
  await attachments.add(new AttachedDevice('jetson', 'ssh://orin'));
  expect(() => attachments.named('jetsen')).toThrow("Unknown device 'jetsen'. Did you mean 'jetson'?");
  expect(() => new AttachedDevice('x', 'telnet://me:geheim@orin')).toThrow(
    /URL is local: or ssh:\/\/user@host or .*, was 'telnet:\/\/orin'/,
  );
});

test('a damaged file is said, with the remedy', () => {
  mkdirSync(join(folder, '.edgebook'));
  writeFileSync(join(folder, '.edgebook/devices.json'), '{');
  expect(() => new Attachments(folder)).toThrow(
    /devices.json is no list of devices: .* Delete it, and attach anew/,
  );
});
