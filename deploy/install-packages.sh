#!/usr/bin/env bash
# Installs the packages of the given lists: deploy/install-packages.sh build run test (deploy/packages/*.txt).
# Does nothing, and needs neither root nor the network, when they are all there.
set -euo pipefail
lists=$(cd "$(dirname "$0")" && pwd)/packages

if [ $# -eq 0 ]; then
  echo "usage: $0 LIST...   lists: $(cd "$lists" && echo *.txt | sed 's/\.txt//g')" >&2
  exit 2
fi

# The packages of a list: a line each, `name`, or `name [amd64]` and `name [!amd64]` for just this or any other
# architecture, as in Debian's control files.
packages_of() { # FILE
  local name architecture
  sed 's/#.*//' "$1" | while read -r name architecture; do
    case $architecture in
      "" | "[$(dpkg --print-architecture)]") ;;
      "[!"*) if [ "$architecture" = "[!$(dpkg --print-architecture)]" ]; then continue; fi ;;
      *) continue ;;
    esac
    if [ -n "$name" ]; then echo "$name"; fi
  done
}

wanted=()
for list in "$@"; do
  if [ ! -r "$lists/$list.txt" ]; then
    echo "$0: there is no list '$list'; lists: $(cd "$lists" && echo *.txt | sed 's/\.txt//g')" >&2
    exit 2
  fi
  mapfile -t -O "${#wanted[@]}" wanted < <(packages_of "$lists/$list.txt")
done

system=
if [ -r /etc/os-release ]; then
  # shellcheck source=/dev/null
  system=$(. /etc/os-release && echo "${ID:-} ${VERSION_ID:-}")
fi
if [ "$system" != "debian 12" ]; then
  cat >&2 << MESSAGE
$0: wirewatch is built and tested on Debian 12 (bookworm); this machine is '${system:-unknown}'.
Use a Debian 12 machine, container or chroot (tests/fresh_root.sh makes one); or install by yourself what
deploy/packages/*.txt name and set WIREWATCH_SKIP_PACKAGES=1.
MESSAGE
  if [ -n "${WIREWATCH_SKIP_PACKAGES:-}" ]; then exit 0; fi
  exit 1
fi
if [ -n "${WIREWATCH_SKIP_PACKAGES:-}" ]; then exit 0; fi

installed=$(dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' | sed -n 's/:[a-z0-9]* / /; s/ installed$//p')
missing=()
for package in "${wanted[@]}"; do
  grep -qxF -- "$package" <<< "$installed" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo > /dev/null; then
    echo "$0: as root, run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "installing ${#missing[@]} packages: ${missing[*]}" >&2
apt_get() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" >&2
}
apt_get update
apt_get install --no-install-recommends "${missing[@]}"
