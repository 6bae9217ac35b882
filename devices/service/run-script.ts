import { serviceFolder } from './service-state.ts';

/** Where the script is on a device, below the user's home folder. */
export const runScriptFile = `${serviceFolder}/run.sh`;

/** What a shell must know of the script that keeps the service alive: whether it runs, by its number and its name. */
export const aliveFunctions = `dir=$HOME/${serviceFolder}
runs() { p=$(cat "$dir/$1" 2>/dev/null) && [ -n "$p" ] && tr '\\0' ' ' < "/proc/$p/cmdline" 2>/dev/null | grep -qF "$2"; }
supervised() { runs supervisor.pid "$dir/run.sh"; }
serving() { runs service.pid devices/service/service; }
`;

/** Where Edgebook's parts are sent to, a folder for each version: the script takes the one that is there when it starts. */
const versioned = /^(.*\/\.edgebook\/(?:node|edgebook)\/)[^/]+(\/.*)$/;

/** A path as a shell pattern that also fits the version after this one. */
function pattern(path: string): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const [, head, tail] = versioned.exec(path) ?? [];
  return head === undefined ? quote(path) : `${quote(head)}*${quote(tail!)}`;
}

/**
 * The script on the device that starts the service, and starts it anew when it ends: after 1 s, then after twice as long
 * each time up to 30 s, until it has run for a minute. A shell takes a megabyte, where Node would take forty.
 */
export function runScript({ node, program }: { readonly node: string; readonly program: string }): string {
  return `#!/bin/sh
# Edgebook's service of this user: started by %deploy, taken away by %detach NAME --clean.
${aliveFunctions}
cd "$HOME" || exit 1
mkdir -p "$dir"
if supervised; then exit 0; fi
rm -f "$dir/supervisor.pid"
(set -C; echo $$ > "$dir/supervisor.pid") 2>/dev/null || exit 0
# One that has lost its script would keep the port.
if serving; then kill -TERM "$(cat "$dir/service.pid")"; fi
child=
leave() { [ -n "$child" ] && kill -TERM "$child" 2>/dev/null && wait "$child"; rm -f "$dir/supervisor.pid" "$dir/service.pid"; exit 0; }
trap leave TERM INT
now() { read -r up _ < /proc/uptime; echo "\${up%.*}"; }
keep() { if [ -f "$dir/$1" ]; then tail -n "$2" "$dir/$1" > "$dir/$1.new"; mv -f "$dir/$1.new" "$dir/$1"; fi; }
rm -f "$dir/restarts.log"
delay=1
while :; do
  begin=$(now)
  for node in ${pattern(node)}; do :; done
  for program in ${pattern(program)}; do :; done
  keep errors.log 200
  ORT_DISABLE_TELEMETRY=1 "$node" --disable-warning=ExperimentalWarning "$program" < /dev/null > /dev/null 2>> "$dir/errors.log" &
  child=$!
  echo "$child" > "$dir/service.pid"
  wait "$child"; code=$?
  if [ $(( $(now) - begin )) -ge 60 ]; then delay=1; fi
  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) ended with exit code $code, started anew after $delay s" >> "$dir/restarts.log"
  keep restarts.log 100
  sleep "$delay" & child=$!; wait "$child"; child=
  delay=$((delay * 2)); if [ "$delay" -gt 30 ]; then delay=30; fi
done
`;
}
