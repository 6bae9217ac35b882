import { UsageError } from '../../src/errors.ts';

/** A serial port, and how fast it is. */
export interface SerialAddress {
  /** `/dev/ttyUSB0`. */
  readonly path: string;
  /** Bits per second. */
  readonly baud: number;
}

const usualBaud = 115_200;

/** Reads `serial:///dev/ttyUSB0[?baud=115200]`. Throws UsageError. */
export function serialAddress(url: string): SerialAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const form = 'A serial device is serial:///dev/ttyUSB0, with ?baud=115200';
  if (parsed?.protocol !== 'serial:' || parsed.host !== '' || !/^\/[^/]/.test(parsed.pathname))
    throw new UsageError(`${form}, was '${url}'`);
  const others = [...parsed.searchParams.keys()].filter((key) => key !== 'baud');
  if (others.length > 0 || parsed.hash) throw new UsageError(`${form} and nothing else, was '${url}'`);
  const text = parsed.searchParams.get('baud') ?? String(usualBaud);
  const baud = Number(text);
  if (!/^\d+$/.test(text) || baud < 50 || baud > 12_000_000)
    throw new UsageError(`${form}: baud is a whole number from 50 to 12000000, was '${text}'`);
  return { path: decodeURIComponent(parsed.pathname), baud };
}
