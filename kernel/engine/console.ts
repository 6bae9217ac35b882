import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { show } from './report.ts';

/**
 * Replaces `process.stdout`, `process.stderr` and `console` so that what user code prints is reported at once
 * and in order. An attached inspector would retain all that the built-in console prints.
 */
export function installConsole(): void {
  const stdout = outputStream('stdout');
  const stderr = outputStream('stderr');
  Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, value: stdout });
  Object.defineProperty(process, 'stderr', { configurable: true, enumerable: true, value: stderr });
  globalThis.console = new Console({ stdout, stderr, colorMode: false });
}

function outputStream(name: 'stdout' | 'stderr'): Writable {
  const decoder = new StringDecoder('utf8');
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, callback) {
      const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
      if (text) show({ type: 'stream', name, text });
      callback();
    },
  });
}
