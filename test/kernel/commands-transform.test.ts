import { describe, expect, test } from 'vitest';
import { transformMagics } from '../../kernel/magics-transform.ts';
import { splitCommand } from '../../kernel/shell-text.ts';
import { magics } from './fake-magics.ts';

const session = new Set(['ok', 'files', 'ls']);
const transform = (code: string) => transformMagics(code, magics, session);

describe('commands', () => {
  test.each([
    ['bare', '!git status', 'void (await $shell(["git status"]));'],
    ['lines as value', '!!git log', 'void $show(await $lines(["git log"]));'],
    ['lines as value, filled', '!!ls {files[0]}', 'void $show(await $lines(["ls ",""], files[0]));'],
    ['lines assigned', 'const a = !!pwd', 'const a = (await $lines(["pwd"]));'],
    ['subshell', '!(cd x; make)', 'void (await $shell(["(cd x; make)"]));'],
    ['subshell with &', '!(server & client)', 'void (await $shell(["(server & client)"]));'],
    ['subshell in a pipe', "!(echo 'a)' && pwd) | wc", `void (await $shell(["(echo 'a)' && pwd) | wc"]));`],
    ['lines of a subshell', '!!(cd x; ls)', 'void $show(await $lines(["(cd x; ls)"]));'],
    ['hashbang', '#!/usr/bin/env node\nok', '///usr/bin/env node\nok'],
    ['hashbang above a command', '#!/bin/x\n!pwd', '///bin/x\nvoid (await $shell(["pwd"]));'],
    ['one word', '!pwd', 'void (await $shell(["pwd"]));'],
    ['expression', '!cat {files.join(" ")} | wc', 'void (await $shell(["cat "," | wc"], files.join(" ")));'],
    ['assigned', 'const a = !pwd', 'const a = (await $lines(["pwd"]));'],
    ['assigned again', 'files = !ls -a', 'files = (await $lines(["ls -a"]));'],
    ['with a type', 'const a: string[] = !pwd', 'const a: string[] = (await $lines(["pwd"]));'],
    ['pipe and quotes', "!echo 'it' | tr a b > x", `void (await $shell(["echo 'it' | tr a b > x"]));`],
    ['path', '!./run.sh a', 'void (await $shell(["./run.sh a"]));'],
    ['absolute path', '!/bin/ls', 'void (await $shell(["/bin/ls"]));'],
    ['variable of the shell', '!$CC main.c', 'void (await $shell(["$CC main.c"]));'],
    ['assignment of the shell', '!X=1 make', 'void (await $shell(["X=1 make"]));'],
    ['dashed', '!apt-get update', 'void (await $shell(["apt-get update"]));'],
    ['a variable of its name, with a flag', '!ls -l', 'void (await $shell(["ls -l"]));'],
    ['a variable of its name, with a word', '!ls files', 'void (await $shell(["ls files"]));'],
    ['after a statement without semicolon', 'f()\n!pwd', 'f()\nvoid (await $shell(["pwd"]));'],
    ['after a block', 'if (a) {\n  !pwd\n}', 'if (a) {\n  void (await $shell(["pwd"]));\n}'],
    ['over two lines', '!a \\\n  b\nc()', 'void (await $shell(["a \\\\\\n  b"]));\n\nc()'],
    [
      'quote that is not closed',
      "!echo it's\nconst s = 'x'",
      "void (await $shell([\"echo it's\"]));\nconst s = 'x'",
    ],
  ])('%s', (_what, code, expected) => {
    expect(transform(code)).toBe(expected);
    expect(transform(code).split('\n').length).toBe(code.split('\n').length);
  });

  test.each([
    ['not of a variable', '!ok'],
    ['not and more', '!ok && f()'],
    ['not or', '!ok || f()'],
    ['member', '!files.length && f()'],
    ['optional member', '!files?.length'],
    ['element', '!files[0]'],
    ['ternary', '!ok ? 1 : 2'],
    ['instanceof', '!ok instanceof Map'],
    ['subtraction', '!ok - 1'],
    ['brackets', '!(a)'],
    ['function called at once', '!function () {}()'],
    ['twice', '!!ok'],
    ['twice and more', '!!files.length && f()'],
    ['thrice', '!!!ok'],
    ['brackets of known names', '!(ok & files)'],
    ['brackets and more', '!(ok && files) && f()'],
    ['brackets over lines', '!(ok &&\n  files) && f()'],
    ['function in brackets', '!((a) => a & 1)(2)'],
    ['arrow without brackets', '!(a => a & 1)(2)'],
    ['no hashbang', 'ok\nclass A {\n#b = 1 }'],
    ['call of what is not known yet', '!later()'],
    ['array', '![].length'],
    ['await', '!await f()'],
    ['regular expression elsewhere', 'const a = /!ls/.test(b)'],
    ['declared in this cell', 'const fine = 1\n!fine'],
    ['a parameter', 'const f = (done) => {\n!done && g()\n}'],
    ['declared below', '!below && g()\nfunction below() {}'],
    ['a global', '!process.env.X && f()'],
    ['assigned not', 'const a = !ok'],
    ['assigned not of a call', 'const a = !check(1)'],
    ['assigned not of a parameter', 'const f = (on) => { a = !on; return a }'],
    ['default value', 'f((a = !b) => a)'],
    ['unequal', 'a\n!= b'],
    ['strictly unequal', 'a\n!== b'],
    ['after an operator', 'a &&\n!b'],
    ['second branch of a ternary', 'a\n? b :\n!c'],
    ['in brackets', 'f(\n!pwd\n)'],
    ['non-null', 'files!\nfiles!.length'],
    ['string', '"\\\n!pwd"'],
    ['template', '`\n!pwd\n`'],
    ['comment', '/*\n!pwd\n*/'],
  ])('%s is TypeScript', (_what, code) => {
    expect(transform(code)).toBe(code);
  });

  test.each([
    ["awk '{print $1}' x", ["awk '{print $1}' x"], []],
    ['echo {a,b} {1..3} ${HOME} {}', ['echo {a,b} {1..3} ${HOME} {}'], []],
    ['echo {{a}} {a ? "}" : {b: 1}.b}', ['echo {a} ', ''], ['a ? "}" : {b: 1}.b']],
    ['echo {a as string}{b!.c}', ['echo ', '', ''], ['a as string', 'b!.c']],
    ['echo {open', ['echo {open'], []],
    ['x {a : b ? c}', ['x {a : b ? c}'], []],
  ])('%s', (command, texts, expressions) => {
    const { starts, ...parts } = splitCommand(command);
    expect(parts).toEqual({ texts, expressions });
    expect(starts.map((start, i) => command.slice(start).startsWith(`${expressions[i]}}`))).toEqual(
      expressions.map(() => true),
    );
  });
});

describe('help', () => {
  test.each([
    ['name?', 'ok?', 'void (await $help("ok", () => ok));'],
    ['name??', 'ok.a?? ;', 'void (await $help("ok.a", () => ok.a));'],
    ['?name', '?ok', 'void (await $help("ok", () => ok));'],
    ['?name above code', '?ok\nf()', 'void (await $help("ok", () => ok));\nf()'],
    ['magic', '%echo?', 'void (await $help("%echo"));'],
    ['magic with a dash', '%two-words?', 'void (await $help("%two-words"));'],
    ['magic above code', 'f()\n%echo?\ng()', 'f()\nvoid (await $help("%echo"));\ng()'],
    ['cell magic', '%%echo?', 'void (await $help("%%echo"));'],
    ['after code', 'f()\nok? // what\n', 'f()\nvoid (await $help("ok", () => ok));\n'],
    ['two', 'ok?\nfiles?', 'void (await $help("ok", () => ok));\nvoid (await $help("files", () => files));'],
  ])('%s', (_what, code, expected) => {
    expect(transform(code)).toBe(expected);
  });

  test.each([
    ['ternary over lines', 'ok ?\n  a :\n  b'],
    ['ternary over lines without blanks', 'ok?\na:\nb'],
    ['ternary with its question mark first', 'ok\n? a\n: b'],
    ['ternary with its question mark first, glued', 'ok\n?a\n:b'],
    ['nullish', 'ok ??\n  a'],
    ['optional chaining', 'ok\n?.a'],
    ['optional parameter', 'function f(\n  a?\n) {}'],
    ['optional property', 'interface A {\n  a?: 1\n}'],
    ['in a template', '`\nok?\n`'],
  ])('%s is TypeScript', (_what, code) => {
    expect(transform(code)).toBe(code);
  });
});
