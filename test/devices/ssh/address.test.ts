import { expect, test } from 'vitest';
import { destination, sshAddress } from '../../../devices/ssh/address.ts';

test.each([
  ['ssh://orin', ['--', 'orin']],
  ['ssh://me@orin', ['-l', 'me', '--', 'orin']],
  ['ssh://me@10.0.0.7:2222/', ['-p', '2222', '-l', 'me', '--', '10.0.0.7']],
  ['ssh://[fe80::1]', ['--', 'fe80::1']],
])('%s', (url, words) => {
  expect(destination(sshAddress(url))).toEqual(words);
});

test.each([
  ['http://orin', /ssh:\/\/\[user@\]host\[:port\], was 'http:\/\/orin'/],
  ['ssh://', /ssh:\/\/\[user@\]host/],
  ['ssh://-oProxyCommand=x', /ssh:\/\/\[user@\]host/],
  ['ssh://-l@orin', /user's name cannot begin with '-'/],
  ['ssh://orin/home', /leave '\/home' out/],
])('%s is refused', (url, message) => {
  expect(() => sshAddress(url)).toThrow(message);
});

test('a password is refused, and not repeated', () => {
  expect(() => sshAddress('ssh://me:geheim@orin')).toThrow(/holds a password.*ssh-copy-id orin/);
  expect(() => sshAddress('ssh://me:geheim@orin')).not.toThrow(/geheim/);
});
