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
  globalThis.console = new Console({ stdout, stderr, colorMode: false, ignoreErrors: false });
}

function outputStream(name: 'stdout' | 'stderr'): Writable {
  const decoder = new StringDecoder('utf8');
  const print = (chunk: string | Buffer) => {
    const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    if (text) show({ type: 'stream', name, text });
  };
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, callback) {
      print(chunk);
      callback();
    },
  });
  // An interrupt may cut a write off. The stream's own bookkeeping would wait for its end, and hold all that follows.
  stream.write = (chunk: string | Buffer, ...rest: unknown[]) => {
    print(chunk);
    const callback = rest.find((value) => typeof value === 'function');
    if (callback) process.nextTick(callback as () => void);
    return true;
  };
  return stream;
}
