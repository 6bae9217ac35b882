import type { RemoteOutput } from '../devices/agent/protocol.ts';
import type { AttachedDevice } from '../devices/attached-device.ts';
import { attachmentsOf } from '../devices/attachments.ts';
import { UsageError } from '../src/errors.ts';
import { deviceOptions } from './device-options.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { runProgram } from './remote-program.ts';
import { RemoteScreen } from './remote-screen.ts';

/** On a device, what takes the cell when it is no TypeScript; each reads it from its input. */
const programs: Readonly<Record<string, readonly string[]>> = {
  shell: ['sh', '-s'],
  python: ['python3', '-u', '-'],
};

export const on: Magic<void> = {
  name: 'on',
  summary: 'Run the cell on attached devices; their variables stay there',
  positionals: [
    {
      name: 'devices',
      summary: 'names with commas between, or all',
      required: true,
      completes: 'device',
      choices: ['all'],
    },
  ],
  flags: [
    { name: 'shell', summary: "run it by the device's shell", kind: 'switch' },
    {
      name: 'python',
      summary: "run it by the Python of the device's Jupyter, or by its python3",
      kind: 'switch',
    },
  ],
  examples: ['%%on jetson', '%%on jetson,pi', '%%on all --shell'],
  form: 'cell',
  result: 'void',
  async run(line, context) {
    const devices = attachmentsOf(context.folder).named(line.positionals[0]!);
    if (line.flags.shell && line.flags.python)
      throw new UsageError('A cell is for --shell or for --python, not for both');
    const several = devices.length > 1;
    const runs = devices.map((device) =>
      runOn(device, line, { context, screen: new RemoteScreen(context, several ? device.name : undefined) }),
    );
    const ends = await Promise.allSettled(runs);
    const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    if (errors.length > 1 && !context.signal.aborted)
      throw new AggregateError(errors, `The cell failed on ${errors.length} of ${devices.length} devices`);
    if (errors.length > 0) throw errors[0];
  },
};

async function runOn(
  device: AttachedDevice,
  { flags, body = '', positionals }: ParsedLine,
  { context, screen }: { readonly context: Context; readonly screen: RemoteScreen },
): Promise<void> {
  const { signal } = context;
  const options = deviceOptions(context);
  const program = Object.keys(programs).find((name) => flags[name]);
  try {
    const language = flags.python ? 'python' : undefined;
    const cells = flags.shell ? undefined : await device.opened.cells?.({ ...options, language });
    const cell = {
      count: context.inputs().at(-1)?.count ?? 1,
      onOutput: (output: RemoteOutput) => screen.show(output),
      signal,
    };
    if (cells) {
      const { ask } = context;
      await cells.execute(body, { ...options, ...cell, ...(ask && { onInput: ask }) });
      return;
    }
    if (program) {
      await runProgram(device, { argv: programs[program]!, code: body, screen, signal });
      return;
    }
    const agent = await device.agent(options);
    await agent.execute(`// %%on ${positionals[0]}\n${body}`, cell);
  } finally {
    screen.end();
  }
}
