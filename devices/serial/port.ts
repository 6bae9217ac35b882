import { setTimeout as sleep } from 'node:timers/promises';
import type { SerialPort } from 'serialport';
import { DeviceError, UsageError } from '../../src/errors.ts';
import type { SerialAddress } from './address.ts';

type SerialPortClass = typeof SerialPort;

/** Drivers of a port that has gone may never say so: so long they are given, in ms. */
const driverPatience = 1500;

/** A port that is open. */
export interface OpenPort {
  /** Throws Error if the bytes have not left after a while. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

interface Listener {
  readonly onData: (bytes: Uint8Array) => void;
  /** The port has gone: unplugged, or its driver has failed. */
  readonly onGone: (error: Error) => void;
}

/** Opens a port for nobody else. Throws DeviceError with the remedy. */
export async function openPort(
  device: string,
  { path, baud }: SerialAddress,
  { onData, onGone }: Listener,
): Promise<OpenPort> {
  const Port = await portClass();
  const port = new Port({ path, baudRate: baud, autoOpen: false, lock: true });
  const opened = new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(openError(device, path, error)) : resolve()));
  });
  try {
    await inTime(opened, () => openError(device, path, new Error('its driver does not answer')));
  } catch (error) {
    opened.then(
      () => port.close(),
      () => {},
    );
    throw error;
  }
  let isClosing = false;
  const gone = (error?: Error | null) => {
    if (!isClosing) onGone(error ?? new Error('the port was closed'));
    isClosing = true;
  };
  port.on('data', onData);
  port.on('error', gone);
  port.on('close', gone);
  return {
    write: (text) => {
      const taking = (11_000 * text.length) / baud;
      return inTime(written(port, text), () => new Error('its driver takes no bytes'), taking);
    },
    close: async () => {
      isClosing = true;
      const closed = new Promise<void>((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve()));
      await inTime(closed, () => new Error('its driver does not answer')).catch(() => {});
    },
  };
}

/** `more`: ms that are needed if all is well. */
async function inTime<T>(work: Promise<T>, late: () => Error, more = 0): Promise<T> {
  const stop = new AbortController();
  const ended = sleep(driverPatience + more, undefined, { signal: stop.signal }).then(() => {
    throw late();
  });
  ended.catch(() => {});
  try {
    return await Promise.race([work, ended]);
  } finally {
    stop.abort();
    work.catch(() => {});
  }
}

async function portClass(): Promise<SerialPortClass> {
  try {
    return (await import('serialport')).SerialPort;
  } catch (cause) {
    const why = (cause as Error).message.split('\n')[0];
    throw new UsageError(
      `The package 'serialport', by which serial devices are reached, cannot be loaded (${why}). Run npm install again; it brings its own library for Linux, macOS and Windows on x64 and arm64`,
    );
  }
}

function written(port: SerialPort, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    port.write(text, (error) => {
      if (error) reject(error);
      else port.drain((failed) => (failed ? reject(failed) : resolve()));
    });
  });
}

/** What the system says when a port cannot be opened, and what a user can do about it. */
const known: readonly (readonly [RegExp, (path: string) => string])[] = [
  [
    /No such file|ENOENT|cannot find/i,
    (path) =>
      `there is no port ${path}. Is the board plugged in? ls /dev/tty* /dev/serial/by-id lists what there is`,
  ],
  [
    /Permission denied|EACCES|Access denied/i,
    (path) =>
      `you may not use ${path}. Join the group that owns it, on most systems dialout: sudo usermod -aG dialout $USER, then log in again`,
  ],
  [
    /Cannot lock|temporarily unavailable|Resource busy|EBUSY|EAGAIN/i,
    (path) =>
      `${path} is in use. Close the other program that has it open: a serial monitor, or another notebook`,
  ],
  [/Inappropriate ioctl|ENOTTY|not a serial/i, (path) => `${path} is no serial port`],
];

function openError(device: string, path: string, cause: Error): DeviceError {
  const found = known.find(([pattern]) => pattern.test(cause.message));
  const text = found ? found[1](path) : `${path} could not be opened: ${cause.message}`;
  return new DeviceError(`${device}: ${text}`, { device, command: 'open', cause });
}
