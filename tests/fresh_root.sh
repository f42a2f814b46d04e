#!/usr/bin/env bash
# Proves that nothing rests on what this machine happens to have: makes an empty Debian 12 root with the apt sources of this
# machine, puts a clone of HEAD into it and runs deploy/demo.sh there, twice: the second time without packages to be had.
# Needs root, the packages of the list `lint`, 3 GB under TMPDIR, and some ten minutes.
#
#   tests/fresh_root.sh          removes the root at the end
#   tests/fresh_root.sh --keep   leaves it, and says where
set -euo pipefail
cd "$(dirname "$0")/.."

keep=
case ${1:-} in
  "") ;;
  --keep) keep=1 ;;
  *) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2 && exit 2 ;;
esac
if [ "$(id -u)" -ne 0 ]; then
  echo "$0: needs root, to make a root directory and enter it" >&2
  exit 1
fi
deploy/install-packages.sh lint

work=$(mktemp -d)
root=$work/root
cleanup() {
  local status=$?
  if mountpoint -q "$root/proc"; then umount "$root/proc" || umount -l "$root/proc"; fi
  if [ -n "$keep" ]; then echo "kept: $root"; else rm -rf --one-file-system "$work"; fi
  exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

say() { echo "== $*"; }
fail() {
  echo "FAILED: $*" >&2
  for log in "$work"/*.err; do [ -e "$log" ] && tail -40 "$log" >&2; done
  exit 1
}

# Those of this machine's apt sources that are Debian 12's, its keys, and how it reaches them.
mapfile -t sources < <(grep -lE '^(deb|Suites:).*\bbookworm\b' /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
  /etc/apt/sources.list.d/*.sources 2> /dev/null)
[ ${#sources[@]} -gt 0 ] || fail "no file under /etc/apt names Debian 12 (bookworm) as a source"
mapfile -t keys < <(sed -nE 's/^Signed-By:[[:space:]]*//p; s/.*signed-by=([^] ]*).*/\1/p' "${sources[@]}" | tr -s ' ,' '\n' |
  grep '^/' | sort -u)
apt-config dump | grep -E '^Acquire::(http|https|Retries)' > "$work/apt.conf" || true

say "making an empty Debian 12 root"
start=$SECONDS
mmdebstrap --quiet --mode=root --variant=minbase --aptopt="$work/apt.conf" bookworm "$root" "${sources[@]}" ||
  fail "mmdebstrap could not make a root from ${sources[*]}"
copy() { # FILE: to the same place in the new root, unless it has one of its own
  if [ -e "$1" ] && [ ! -e "$root$1" ]; then install -D -m 644 "$1" "$root$1"; fi
}
for key in "${keys[@]}"; do copy "$key"; done
for file in /etc/apt/auth.conf /etc/apt/auth.conf.d/* /etc/ssl/certs/ca-certificates.crt /usr/local/share/ca-certificates/*.crt; do
  copy "$file"
done
cat /etc/resolv.conf > "$root/etc/resolv.conf"
cat /etc/hosts > "$root/etc/hosts"
mount -t proc proc "$root/proc"
git clone --quiet --no-hardlinks . "$root/srv/wirewatch"
say "made in $((SECONDS - start)) s: $(find "$root/var/lib/dpkg/info" -name '*.list' | wc -l) packages, no compiler"

proxies=()
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
  [ -z "${!name:-}" ] || proxies+=("$name=${!name}")
done
demo() { # NAME
  start=$SECONDS
  say "$1 run of deploy/demo.sh"
  chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "${proxies[@]}" \
    /srv/wirewatch/deploy/demo.sh > "$work/$1.out" 2> "$work/$1.err" < /dev/null || fail "deploy/demo.sh ended with $?"
  local alerts
  alerts=$(grep -c 'huawei-espionage\|5g-vendor-bans\|clean-network' "$work/$1.out") || fail "it printed no alert"
  grep -E '^read [0-9,]+ articles?: [0-9,]+ matched' "$work/$1.err" || fail "it printed no closing summary"
  say "$1 run: $alerts alerts in $((SECONDS - start)) s"
}

demo first
rm -rf "$root"/etc/apt/sources.list* "$root/etc/resolv.conf"
demo second
diff <(sort "$work/first.out" | grep -o '"id": *"[^"]*"') <(sort "$work/second.out" | grep -o '"id": *"[^"]*"') > /dev/null ||
  fail "the second run raised other alerts than the first"
say "passed"
