import type { InstallOptions } from '../devices/bootstrap/install.ts';
import type { Context, ProgressBar } from './magic.ts';

/** What a device is told when a magic needs it: bars for what is sent to it, and notes. */
export function deviceOptions(context: Context): InstallOptions {
  let bar: { readonly title: string; readonly progress: ProgressBar } | undefined;
  return {
    signal: context.signal,
    onProgress: (title, sent, total) => {
      if (bar?.title !== title) bar = { title, progress: context.progress(`Sending ${title}`) };
      const message = `${(sent / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`;
      bar.progress.update({ done: sent, total, message });
      if (sent === total) bar.progress.done(message);
    },
    onNote: (text) => context.print(`${text}\n`),
  };
}
