# Small words for the checks. A failed one ends them, with the agent's journal.

fail() {
  echo "FAILED: $*"
  systemctl status --no-pager -l aisle-agent 2>&1 | head -30
  journalctl -b --no-pager -o short-precise -n 60 2>&1
  exit 1
}

# ok WHAT COMMAND...: it must succeed.
ok() {
  what=$1
  shift
  "$@" >/tmp/out 2>&1 || { cat /tmp/out; fail "$what"; }
  echo "ok: $what"
}
# refused WHAT COMMAND...: it must fail.
refused() {
  what=$1
  shift
  ! "$@" >/tmp/out 2>&1 || { cat /tmp/out; fail "$what"; }
  echo "ok: $what"
}
# is WHAT EXPECTED ACTUAL
is() {
  [ "$2" = "$3" ] || fail "$1: expected \"$2\", got \"$3\""
  echo "ok: $1"
}
patience=300
# eventually WHAT COMMAND...: it succeeds within $patience fifths of a second.
eventually() {
  what=$1 tries=0
  shift
  until "$@" >/tmp/out 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt $patience ] || { cat /tmp/out; fail "$what"; }
    sleep 0.2
  done
  echo "ok: $what"
}
show() { systemctl show --value -p "$1" aisle-agent; }
# A value of the agent's status by its dotted name, as a table for people prints it.
status_of() { aislectl status | awk -v name="$1" '$1 == name { $1 = ""; sub(/^ +/, ""); print }'; }
status_is() { [ "$(status_of "$1")" = "$2" ]; }
journal_has() { journalctl -b -u aisle-agent -o cat --no-pager | grep -qF -- "$1"; }
