import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { startScript, stopScript } from '../../../devices/service/boot.ts';
import { runScript } from '../../../devices/service/run-script.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgebook-boot-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [home, bin] = [join(folder, 'home'), join(folder, 'bin')];
const calls = join(folder, 'calls');

/** A program of the device that writes down how it was called. */
function fake(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${calls}\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

/** A script as the device runs it; its last word. */
function run(script: string, argument = 'boot'): string {
  const env = { HOME: home, PATH: `${bin}:/usr/bin:/bin` };
  return execFileSync('sh', ['-c', script, 'sh', argument], { env, encoding: 'utf8' }).trim();
}

beforeEach(() => {
  for (const path of [home, bin, calls]) rmSync(path, { recursive: true, force: true });
  mkdirSync(join(home, '.edgebook/service'), { recursive: true });
  mkdirSync(bin);
  writeFileSync(calls, '');
  // Ends at once: what starts it is looked at here.
  writeFileSync(join(home, '.edgebook/service/run.sh'), 'exit 0\n');
  fake('systemctl', 'exit 1');
  fake('crontab', 'exit 1');
});

const unit = join(home, '.config/systemd/user/edgebook.service');

test('a systemd user unit where there is a manager: enabled, with lingering, and gone with the service', () => {
  fake('systemctl', 'case "$*" in *is-active*) exit 3;; esac');
  fake(
    'loginctl',
    `case "$1" in show-user) cat ${home}/lingers 2>/dev/null;; enable-linger) echo yes > ${home}/lingers;; esac`,
  );
  expect(run(startScript)).toBe('systemd');
  expect(readFileSync(unit, 'utf8')).toMatch(
    /ExecStart=\/bin\/sh %h\/\.edgebook\/service\/run\.sh\nRestart=always[\s\S]*WantedBy=default\.target/,
  );
  expect(readFileSync(calls, 'utf8')).toContain(
    'systemctl --user daemon-reload\nsystemctl --user enable --now edgebook.service\n',
  );
  run(stopScript);
  expect([existsSync(unit), existsSync(join(home, '.edgebook/service'))]).toEqual([false, false]);
  const said = readFileSync(calls, 'utf8');
  expect(said).toContain('systemctl --user disable --now edgebook.service');
  // It was off before.
  expect(said).toContain('loginctl disable-linger');
});

test('without lingering it starts at the login, and lingering of before stays', () => {
  fake('systemctl', '');
  fake('loginctl', 'exit 1');
  expect(run(startScript)).toBe('login');
  fake('loginctl', 'echo yes');
  expect(run(startScript)).toBe('systemd');
  run(stopScript);
  expect(readFileSync(calls, 'utf8')).not.toContain('disable-linger');
});

test("crontab's @reboot where a cron daemon runs; the user's own lines stay", () => {
  const table = join(folder, 'table');
  writeFileSync(table, '0 5 * * * backup\n');
  fake(
    'crontab',
    `if [ "$1" = -l ]; then cat ${table}; else cat > ${table}.new; mv ${table}.new ${table}; fi`,
  );
  // The script looks for a daemon among the processes.
  fake('cat', 'case "$1" in /proc/*comm) echo cron;; *) exec /bin/cat "$@";; esac');
  expect([run(startScript), run(startScript)]).toEqual(['crontab', 'crontab']);
  expect(readFileSync(table, 'utf8')).toBe(
    `0 5 * * * backup\n@reboot sh "${home}/.edgebook/service/run.sh" # edgebook service\n`,
  );
  run(stopScript);
  expect(readFileSync(table, 'utf8')).toBe('0 5 * * * backup\n');
});

test('neither: none, and on this machine nothing is looked for', () => {
  expect(run(startScript)).toBe('none');
  writeFileSync(calls, '');
  expect(run(startScript, 'stay')).toBe('none');
  expect(readFileSync(calls, 'utf8')).toBe('');
});

test('the script takes the version that is there when it starts, also in folders with blanks', () => {
  const script = runScript({
    node: '/home/a b/.edgebook/node/24.1.0-linux-arm64/package/bin/node',
    program: '/home/a b/.edgebook/edgebook/0123/app/devices/service/service.js',
  });
  expect(script).toContain(`for node in '/home/a b/.edgebook/node/'*'/package/bin/node'; do`);
  expect(script).toContain(
    `for program in '/home/a b/.edgebook/edgebook/'*'/app/devices/service/service.js'; do`,
  );
  expect(runScript({ node: '/usr/bin/node', program: '/x.js' })).toContain("for node in '/usr/bin/node'; do");
});
