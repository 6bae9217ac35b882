import { openSync, readSync } from 'node:fs';
import { extname } from 'node:path';
import type { History } from '../history.ts';
import { SessionTypes } from '../types/session-types.ts';
import { DeviceSession } from './device-session.ts';

/** Connects to a device from a command line: asks about its host key, and tells on stderr what is sent there. */
export function connectDevice(host: string, history: History): Promise<DeviceSession> {
  const magics = new URL(`../../magics/index${extname(import.meta.url)}`, import.meta.url).href;
  const tell = (text: string): void => void process.stderr.write(text);
  let shown = '';
  tell(`Connecting to ${host} ...\n`);
  return DeviceSession.connect(host, {
    ...{ history, confirm, types: new SessionTypes({ cwd: process.cwd(), magicsUrl: magics }, 'off') },
    onNote: (text) => tell(`${text}\n`),
    onProgress: (title, sent, total) => {
      const line = `Sending ${title}: ${(sent / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB`;
      if (line !== shown && process.stderr.isTTY) tell(`\r\u001b[K${line}${sent === total ? '\n' : ''}`);
      shown = line;
    },
  });
}

/** Asks at the terminal, whatever standard input is. */
function confirm(question: string): boolean {
  process.stderr.write(`${question} [y/N] `);
  const answer = Buffer.alloc(64);
  const length = readSync(openSync('/dev/tty', 'r'), answer);
  return /^y(?:es)?\s*$/i.test(answer.toString('utf8', 0, length));
}
