import { UsageError } from '../src/errors.ts';
import { type InstallOptions, installAgent } from './bootstrap/install.ts';
import { ownAgentProgram } from './bootstrap/parts.ts';
import type { Cells, CellsOptions } from './cells.ts';
import type { Transport } from './device.ts';
import { openJupyter } from './jupyter/open.ts';
import { LocalTransport } from './local-transport.ts';
import type { StepOptions } from './qemu/image.ts';
import { QemuTransport } from './qemu/qemu-transport.ts';
import { openSerial } from './serial/open.ts';
import { sshAddress } from './ssh/address.ts';
import { type MeetOptions, meetHost } from './ssh/meet.ts';
import { SshTransport } from './ssh/ssh.ts';

/** A device as its transport gives it. */
export interface Opened {
  readonly transport: Transport;
  /** What emulates it, if something does: its times are no board's then. */
  readonly emulator?: string;
  /** Connects for the first time. */
  meet(options: MeetOptions & StepOptions): Promise<void>;
  /** The command of the agent, which is brought there if it has to. */
  agent(options: InstallOptions): Promise<readonly string[]>;
  /** Where cells run; the agent's session where this is absent or gives undefined. */
  cells?(options: CellsOptions): Promise<Cells | undefined>;
}

/** A way to reach devices, by the scheme of their URLs. */
export interface TransportKind {
  readonly scheme: string;
  readonly example: string;
  /** Throws UsageError for a URL that is none of its own. Connects when it is first used. */
  open(name: string, url: string): Opened;
}

/** Every transport. */
export const transports: readonly TransportKind[] = [
  { scheme: 'local', example: 'local:', open: openLocal },
  { scheme: 'ssh', example: 'ssh://user@host', open: openSsh },
  { scheme: 'qemu', example: 'qemu:arm64', open: openQemu },
  { scheme: 'jupyter+http', example: 'jupyter+http://host:8888/', open: openJupyter },
  { scheme: 'jupyter+https', example: 'jupyter+https://host/', open: openJupyter },
  { scheme: 'serial', example: 'serial:///dev/ttyUSB0', open: openSerial },
];

function openLocal(name: string, url: string): Opened {
  if (url !== 'local:') throw new UsageError(`This machine is 'local:', was '${url}'`);
  return {
    transport: new LocalTransport(name),
    meet: async () => {},
    agent: async () => [process.execPath, '--disable-warning=ExperimentalWarning', ownAgentProgram()],
  };
}

function openSsh(name: string, url: string): Opened {
  // For tests, and for who keeps more than one configuration.
  const config = process.env.EDGEBOOK_SSH_CONFIG;
  const transport = new SshTransport(name, sshAddress(url), config ? ['-F', config] : []);
  return {
    transport,
    meet: (options) => meetHost(transport, options),
    agent: (options) => installAgent(transport, options),
  };
}

function openQemu(name: string, url: string): Opened {
  const transport = new QemuTransport(name, url);
  return {
    transport,
    emulator: 'QEMU',
    meet: async (options) => void (await transport.started(options)),
    agent: async (options) => {
      const { signal, onNote } = options;
      await transport.started({ signal, onStep: (what) => onNote?.(`${name}: ${what}`) });
      return installAgent(transport, options);
    },
  };
}

/** The transport for a URL. Throws UsageError with what it may be. */
export function openDevice(name: string, url: string): Opened {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  const kind = transports.find((candidate) => candidate.scheme === scheme);
  if (kind) return kind.open(name, url);
  const examples = transports.map(({ example }) => example).join(' or ');
  throw new UsageError(`A device's URL is ${examples}, was '${url.replace(/\/\/[^@/]*@/, '//')}'`);
}
