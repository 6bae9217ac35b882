import { expect, test } from 'vitest';
import { isUnknownHost, sshError } from '../../../devices/ssh/failure.ts';

// What OpenSSH 9.2's client prints.
test.each([
  ['me@orin: Permission denied (publickey).', /orin takes none of your keys. Copy one there by ssh-copy-id/],
  ['ssh: Could not resolve hostname orin: Name or service not known', /no host of the name of orin/],
  ['ssh: connect to host orin port 22: Connection refused', /no ssh server listens/],
  ['ssh: connect to host orin port 22: No route to host', /orin does not answer. Is it on/],
  ['Timeout, server orin not responding.', /orin has stopped answering/],
  ['something new', /the connection to orin failed: something new/],
  ['', /the connection to orin failed: the connection was lost/],
])('%s', (said, message) => {
  const error = sshError('edge', 'orin', `${said}\r\n`);
  expect(error.message).toMatch(message);
  expect(error).toMatchObject({ name: 'DeviceError', device: 'edge', command: 'ssh' });
});

test('an unknown host key is told from a changed one', () => {
  const unknown =
    'No ED25519 host key is known for orin and you have requested strict checking.\nHost key verification failed.';
  const changed =
    '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.';
  expect(isUnknownHost(sshError('edge', 'orin', unknown))).toBe(true);
  expect(isUnknownHost(sshError('edge', 'orin', changed))).toBe(false);
});
