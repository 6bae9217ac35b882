import { UsageError } from '../src/errors.ts';
import type { Context, Magic } from './magic.ts';
import { runCommand } from './run-command.ts';

export const install: Magic<void> = {
  name: 'install',
  summary: "Install npm packages into the notebook's folder; they can be imported at once",
  positionals: [
    {
      name: 'packages',
      summary: 'as npm install takes them',
      required: true,
      rest: true,
      completes: 'package',
    },
  ],
  flags: [{ name: 'dev', short: 'D', kind: 'switch', summary: 'as a devDependency' }],
  examples: ['%install nanoid', '%install lodash@4 @types/lodash'],
  result: 'void',
  async run({ positionals, flags }, context) {
    const option = positionals.find((name) => name.startsWith('-'));
    if (option !== undefined)
      throw new UsageError(
        `%install takes packages, not npm's options, was '${option}'. Run: !npm install ${option} ...`,
      );
    await npmInstall([...(flags.dev ? ['--save-dev'] : []), '--', ...positionals], context);
    context.print(`Installed ${positionals.join(' ')} in ${context.folder}\n`);
  },
};

async function npmInstall(args: readonly string[], context: Context): Promise<void> {
  const { folder, signal } = context;
  const progress = npmProgress(context);
  // In the notebook's own folder, also where one above has a package.json; `http` says what is fetched.
  const own = ['--prefix', folder, '--no-audit', '--no-fund', '--no-progress', '--loglevel=http'];
  const code = await runCommand('npm', ['install', ...own, ...args], {
    cwd: folder,
    signal,
    onStdout: (text) => context.print(text),
    onStderr: progress.read,
  }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new UsageError('%install needs npm, which is not on the PATH. Install Node.js from nodejs.org', {
      cause,
    });
  });
  progress.end(code === 0);
  if (code !== 0) throw new UsageError(`npm install failed with exit code ${code}; its messages are above`);
}

/** A bar that counts what npm fetches; npm's other messages are printed. */
function npmProgress(context: Context) {
  const bar = context.progress('npm install');
  let rest = '';
  let done = 0;
  const line = (text: string) => {
    const url = /^npm http (?:fetch|cache) (?:GET \d+ )?(\S+)/.exec(text)?.[1];
    if (url === undefined) context.print(`${text}\n`, 'stderr');
    else bar.update({ done: ++done, total: 0, message: decodeURIComponent(url.split('/').at(-1) ?? '') });
  };
  return {
    read(text: string): void {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const text of lines.filter(Boolean)) line(text);
    },
    end(ok: boolean): void {
      if (rest) line(rest);
      bar.done(ok ? `${done} fetched` : 'failed');
    },
  };
}
