# Sourced by the other scripts: how they speak.
# shellcheck shell=bash

# A heading, with the time since the script began.
say() {
  printf '== %s  (%d:%02d)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60))
}

# The reason of a failure, on standard error; the script ends.
fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

ticker=
stop_ticker() {
  if [[ -n $ticker ]]; then kill "$ticker" 2>/dev/null || true; fi
  ticker=
}

# quietly LOG COMMAND…: runs the command with its output in the file LOG, a sign of life every
# fifteen seconds, and the end of LOG if it fails. The caller's exit status is the command's.
#
# The ticker is the background job and the command is not, so that Ctrl-C reaches the command.
quietly() {
  local log=$1 status=0
  shift
  (
    while sleep 15 >/dev/null 2>&1; do
      printf '   … still at it (%d:%02d)\n' $((SECONDS / 60)) $((SECONDS % 60))
    done
  ) </dev/null 9>&- & # its sleep may outlive the script and must not hold the lock of Scripts/setup
  ticker=$!
  "$@" >"$log" 2>&1 </dev/null || status=$?
  stop_ticker
  if ((status)); then tail -n 15 "$log" >&2; fi
  return "$status"
}
