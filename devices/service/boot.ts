import { aliveFunctions } from './run-script.ts';

/** How the service comes back after the device was started anew. */
export type Boot = 'systemd' | 'login' | 'crontab' | 'none';

/** What each means, for people. */
export const bootText: Readonly<Record<Boot, string>> = {
  systemd: 'it starts again after a reboot (systemd user unit edgebook.service)',
  login:
    'after a reboot it starts when you log in there (systemd user unit); for a start without that, have `loginctl enable-linger` allowed',
  crontab: 'it starts again after a reboot (crontab @reboot)',
  none: 'it does NOT start again after a reboot: neither `systemctl --user` nor cron works there; %deploy it again then',
};

/** How our line in a crontab is found again. */
const cronMark = '# edgebook service';

/**
 * Starts the service if it does not run, in the way that survives a reboot where there is one, and says which: a systemd
 * user unit (freedesktop.org, systemd.unit(5)) with lingering, else crontab @reboot where a cron daemon runs, else none.
 * `$1` is `stay` to leave the start of the machine as it is.
 */
export const startScript = `${aliveFunctions}
unit=\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user/edgebook.service
: "\${XDG_RUNTIME_DIR:=/run/user/$(id -u)}"; export XDG_RUNTIME_DIR
run="sh \\"$dir/run.sh\\""
detached() { if command -v setsid > /dev/null 2>&1; then setsid "$@"; else "$@"; fi < /dev/null > /dev/null 2>&1 & }
start() { if ! supervised; then detached nohup sh "$dir/run.sh"; fi; }
cron_runs() { cat /proc/[0-9]*/comm 2>/dev/null | grep -qxE 'cron|crond|anacron|fcron|busybox-crond'; }
if [ "$1" = stay ]; then start; echo none
elif systemctl --user show-environment > /dev/null 2>&1; then
  mkdir -p "\${unit%/*}"
  cat > "$unit.new" <<'UNIT'
[Unit]
Description=Edgebook: serves deployed models on the loopback
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/sh %h/.edgebook/service/run.sh
Restart=always
RestartSec=5

[Install]
WantedBy=default.target
UNIT
  mv -f "$unit.new" "$unit"
  if ! systemctl --user is-active --quiet edgebook.service && supervised; then kill -TERM "$(cat "$dir/supervisor.pid")"; fi
  systemctl --user daemon-reload && systemctl --user enable --now edgebook.service > /dev/null 2>&1 || { echo 'systemctl --user enable --now edgebook.service failed' >&2; exit 1; }
  lingers() { [ "$(loginctl show-user "$(id -un)" -p Linger --value 2>/dev/null)" = yes ]; }
  if ! lingers; then loginctl enable-linger > /dev/null 2>&1 && : > "$dir/made-lingering"; fi
  if lingers; then echo systemd; else echo login; fi
elif command -v crontab > /dev/null 2>&1 && cron_runs && { crontab -l 2>/dev/null | grep -vF '${cronMark}'; echo "@reboot $run ${cronMark}"; } | crontab -; then
  start; echo crontab
else start; echo none; fi`;

/** Stops the service and takes away what starts it; its folder goes too. */
export const stopScript = `${aliveFunctions}
: "\${XDG_RUNTIME_DIR:=/run/user/$(id -u)}"; export XDG_RUNTIME_DIR
unit=\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user/edgebook.service
if [ -f "$unit" ]; then
  systemctl --user disable --now edgebook.service > /dev/null 2>&1; rm -f "$unit"; systemctl --user daemon-reload > /dev/null 2>&1
  if [ -f "$dir/made-lingering" ]; then loginctl disable-linger > /dev/null 2>&1; fi
fi
if command -v crontab > /dev/null 2>&1 && crontab -l 2>/dev/null | grep -qF '${cronMark}'; then
  crontab -l | grep -vF '${cronMark}' | crontab -
fi
if supervised; then kill -TERM "$(cat "$dir/supervisor.pid")"; fi
if serving; then kill -TERM "$(cat "$dir/service.pid")"; fi
n=0; while { supervised || serving; } && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
if supervised; then kill -KILL "$(cat "$dir/supervisor.pid")"; fi
if serving; then kill -KILL "$(cat "$dir/service.pid")"; fi
rm -rf "$dir"`;
