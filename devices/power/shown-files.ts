/** Content of files by path, as `show` prints them: `path<TAB>first line`. */
export const shownFiles = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [path = '', content = ''] = line.split('\t');
      return content.trim() ? [[path, content.trim()]] : [];
    }),
  );

/** The number in a file; undefined where there is none. */
export function shownNumber(files: ReadonlyMap<string, string>, path: string): number | undefined {
  const text = files.get(path);
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
