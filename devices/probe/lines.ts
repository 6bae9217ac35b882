/** The lines of a section that are not empty. */
export const linesOf = (text = ''): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** Lines `path<TAB>first line of that file`; files that could not be read, or were empty, are left out. */
export const filesOf = (text = ''): [path: string, content: string][] =>
  linesOf(text).flatMap((line): [string, string][] => {
    const [path = '', content = ''] = line.split('\t');
    return content.trim() ? [[path, content.trim()]] : [];
  });

/** What a command printed, or undefined where it is not there or failed. */
export const outputOf = (text = ''): string | undefined =>
  text && !/^exit code \d+$/m.test(text) ? text : undefined;
