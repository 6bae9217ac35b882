import { Console } from 'node:console';
import { Readable, Writable } from 'node:stream';
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
  Object.defineProperty(process, 'stdin', { configurable: true, enumerable: true, value: noInput() });
  globalThis.console = new Console({ stdout, stderr, colorMode: false, ignoreErrors: false });
}

/** At its end, but who reads it is told what to use instead: `readline` waits for ever for an answer. */
function noInput(): Readable {
  return new Readable({
    read() {
      console.error('process.stdin has nothing to read in a cell. Ask by prompt() or await display.input()');
      this.push(null);
    },
  });
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
