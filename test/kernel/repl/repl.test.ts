import { describe, expect, test, vi } from 'vitest';
import type { Output } from '../../../kernel/output.ts';
import { FakeTerminal, settled } from './fake-session.ts';

const printed = (text: string): Output => ({ type: 'stream', name: 'stdout', text });

describe('Enter', () => {
  test('runs what is complete and shows it above the prompt', async () => {
    const terminal = new FakeTerminal();
    terminal.run = async () => [
      printed('out\n'),
      { type: 'result', data: { 'text/plain': '2' }, metadata: {} },
    ];
    await terminal.press('1+1', 'enter');
    expect(terminal.written).toBe('In [1]: 1+1\nout\nOut[1]: 2\n\n');
    expect([terminal.text, terminal.repl.state.get().count]).toEqual(['', 2]);
  });

  test('goes on in a new line while something is open', async () => {
    const terminal = new FakeTerminal();
    terminal.status = (code) => (code.endsWith('}') ? 'complete' : 'incomplete');
    await terminal.press('if (a) {', 'enter', 'b()', 'enter', '}', 'enter');
    expect(terminal.ran).toEqual(['if (a) {\n  b()\n}']);
    expect(terminal.written).toContain('In [1]: if (a) {\n   ...:   b()\n   ...: }\n');
  });

  test('loses no key while the compiler thinks', async () => {
    const terminal = new FakeTerminal();
    terminal.status = (code) => (code.endsWith('}') ? 'complete' : 'incomplete');
    for (const key of ['{', 'enter', 'a()', 'enter', '}', 'enter', 'next'])
      terminal.repl.key(key === 'enter' ? { name: key, text: '' } : { name: 'text', text: key });
    await settled();
    await settled();
    expect([terminal.ran, terminal.text]).toEqual([['{\n  a()\n}'], 'next']);
  });

  test('in the middle of a text is a line break', async () => {
    const terminal = new FakeTerminal();
    terminal.repl.paste('a()\nb()');
    await terminal.press('up', 'enter');
    expect([terminal.ran, terminal.text]).toEqual([[], 'a()\n\nb()']);
  });

  test('a cell typed while another runs waits for it', async () => {
    const terminal = new FakeTerminal();
    const first = Promise.withResolvers<readonly Output[]>();
    terminal.run = (code) => (code === 'slow()' ? first.promise : Promise.resolve([]));
    await terminal.press('slow()', 'enter', 'fast()', 'enter');
    expect(terminal.repl.state.get().queued).toEqual(['fast()']);
    first.resolve([]);
    await settled();
    expect(terminal.ran).toEqual(['slow()', 'fast()']);
    expect(terminal.repl.state.get()).toMatchObject({ queued: [], since: undefined, count: 3 });
  });
});

test('pasted text is not run, whatever is in it', async () => {
  const terminal = new FakeTerminal();
  const lines = Array.from({ length: 200 }, (_, i) => `f(${i})`).join('\r\n');
  terminal.repl.paste(lines);
  await settled();
  expect([terminal.ran, terminal.text.split('\n').length]).toEqual([[], 200]);
});

describe('history', () => {
  test('Up finds what begins as what is typed; Down comes back', async () => {
    const terminal = new FakeTerminal();
    await terminal.press('alpha', 'enter', 'beta', 'enter', 'al', 'up');
    expect(terminal.text).toBe('alpha');
    await terminal.press('down');
    expect(terminal.text).toBe('al');
  });

  test('Ctrl-R searches, Escape gives up, Enter takes', async () => {
    const terminal = new FakeTerminal();
    await terminal.press('first(1)', 'enter', 'second(1)', 'enter', 'x', 'ctrl+r', '(1)');
    expect(terminal.repl.state.get().search?.found).toBe('second(1)');
    await terminal.press('ctrl+r');
    expect(terminal.repl.state.get().search?.found).toBe('first(1)');
    await terminal.press('escape');
    expect(terminal.text).toBe('x');
    await terminal.press('ctrl+r', 'fir', 'enter');
    expect(terminal.text).toBe('first(1)');
    expect(terminal.ran).toHaveLength(2);
  });
});

describe('completion', () => {
  test('Tab opens the menu, arrows choose, Enter takes', async () => {
    const terminal = new FakeTerminal();
    terminal.matches = ['alpha', 'beta'];
    await terminal.press('x.', 'tab', 'down');
    expect(terminal.repl.state.get().menu).toMatchObject({ selected: 1, documentation: 'about x.beta' });
    await terminal.press('enter');
    expect([terminal.text, terminal.repl.state.get().menu]).toEqual(['x.beta', undefined]);
  });

  test('Tab indents where nothing is written yet', async () => {
    const terminal = new FakeTerminal();
    terminal.repl.paste('a\n');
    await terminal.press('tab');
    expect(terminal.text).toBe('a\n  ');
  });

  test('an answer that comes after another key is dropped', async () => {
    const terminal = new FakeTerminal();
    terminal.matches = ['alpha'];
    terminal.repl.key({ name: 'text', text: 'al' });
    terminal.repl.key({ name: 'tab', text: '' });
    terminal.repl.key({ name: 'text', text: 'x' });
    await settled();
    expect(terminal.text).toBe('alx');
  });
});

describe('Ctrl-C', () => {
  test('interrupts what runs', async () => {
    const terminal = new FakeTerminal();
    terminal.run = () => new Promise(() => {});
    await terminal.press('slow()', 'enter', 'ctrl+c');
    expect([terminal.interrupts, terminal.exitCode]).toEqual([1, undefined]);
  });

  test('clears the text, and twice at an idle prompt leaves', async () => {
    const terminal = new FakeTerminal();
    await terminal.press('abc', 'ctrl+c');
    expect([terminal.text, terminal.exitCode]).toEqual(['', undefined]);
    await terminal.press('ctrl+c');
    expect(terminal.repl.state.get().notice).toBe('Ctrl-C again, or Ctrl-D, leaves');
    await terminal.press('ctrl+c');
    expect(terminal.exitCode).toBe(0);
  });
});

test('Ctrl-D leaves at an empty prompt only, else it shows the devices', async () => {
  const opened: string[] = [];
  const terminal = new FakeTerminal({
    openPanel: async (name) => {
      opened.push(name);
      return undefined;
    },
  });
  await terminal.press('a', 'ctrl+d');
  expect([opened, terminal.exitCode]).toEqual([['devices'], undefined]);
  await terminal.press('backspace', 'ctrl+d');
  expect(terminal.exitCode).toBe(0);
});

test("the user's code asks, and gets the answer", async () => {
  const terminal = new FakeTerminal();
  const answers: string[] = [];
  terminal.run = async (_, { onInput }) => {
    answers.push(await onInput!({ question: 1, cell: 1, prompt: 'Name: ', password: false }));
    answers.push(await onInput!({ question: 2, cell: 1, prompt: 'Key: ', password: true }));
    return [];
  };
  await terminal.press('ask()', 'enter', 'Ann', 'left', 'X', 'enter', 'secret', 'enter');
  expect(answers).toEqual(['AnXn', 'secret']);
  expect(terminal.written).toContain('Name: AnXn\nKey: (hidden)\n');
});

test('an interrupt ends a question', async () => {
  const terminal = new FakeTerminal();
  let failure: Error | undefined;
  terminal.run = async (_, { onInput }) => {
    await onInput!({ question: 1, cell: 1, prompt: '? ', password: false }).catch((error: Error) => {
      failure = error;
    });
    return [];
  };
  await terminal.press('ask()', 'enter', 'ctrl+c');
  expect([failure?.message, terminal.repl.state.get().question]).toEqual(['Interrupted', undefined]);
});

test('a panel takes the keys, and what is chosen goes into the prompt', async () => {
  const terminal = new FakeTerminal({
    openPanel: async () => ({
      ...{ name: 'Variants', key: 'name', columns: [{ key: 'name', header: 'variant' }], empty: '' },
      ...{ rows: [{ name: 'cnn' }, { name: 'mlp' }], selected: 0, sorted: undefined, isDescending: false },
      marked: new Set<string>(),
    }),
  });
  await terminal.press('%bench', 'ctrl+v', 'down', 'enter');
  expect(terminal.text).toBe('%bench mlp');
});

test('a panel that lives is read again until it is closed; one that fails says why', async () => {
  let reads = 0;
  const terminal = new FakeTerminal({
    openPanel: async () => {
      reads++;
      if (reads > 3) throw new Error('the board is gone');
      return {
        ...{
          name: 'Devices',
          key: 'name',
          columns: [{ key: 'name', header: 'device' }],
          empty: '',
          interval: 5,
        },
        ...{ rows: [{ name: `board ${reads}` }], selected: 0, sorted: undefined, isDescending: false },
        marked: new Set<string>(),
      };
    },
  });
  await terminal.press('x', 'ctrl+d');
  await vi.waitFor(() => expect(terminal.repl.state.get().panel?.rows).toEqual([{ name: 'board 3' }]));
  await vi.waitFor(() => expect(terminal.repl.state.get().notice).toBe('the board is gone'));
  reads = 0;
  await terminal.press('escape', 'ctrl+d', 'escape');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect([reads, terminal.repl.state.get().panel]).toEqual([1, undefined]);
});

test('lines for the terminal do not reach the session', async () => {
  const terminal = new FakeTerminal({
    command: (code) => (code.startsWith('%save') ? Promise.resolve('Saved') : undefined),
  });
  await terminal.press('%save a.ipynb', 'enter');
  expect([terminal.ran, terminal.written]).toEqual([[], '> %save a.ipynb\nSaved\n\n']);
});
