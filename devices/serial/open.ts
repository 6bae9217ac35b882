import { UsageError } from '../../src/errors.ts';
import type { Opened } from '../index.ts';
import { serialAddress } from './address.ts';
import { SerialTransport } from './serial.ts';

/** A microcontroller at a serial port. Throws UsageError for a URL that is none. */
export function openSerial(name: string, url: string): Opened {
  const transport = new SerialTransport(name, serialAddress(url));
  const refuse = async (): Promise<never> => {
    throw new UsageError(
      `${name} is a microcontroller at a serial line, which runs no cells and keeps no variables. Send it lines: %%on ${name} --shell`,
    );
  };
  return {
    transport,
    meet: async ({ onNote }) => {
      const info = await transport.line.ask('INFO');
      const how = transport.line.isChecked ? '' : '. Its firmware sends no checksums: damage is not seen';
      onNote?.(`It says: ${info}${how}. Send it lines: %%on ${name} --shell`);
    },
    agent: refuse,
    cells: refuse,
  };
}
