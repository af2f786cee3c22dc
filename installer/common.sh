# shellcheck shell=bash
# What the installer's and the tests' scripts share: talking, rights, packages, the compiler.
# Sourced, never run. Functions return a status and never rely on `set -e` inside, since they are called from conditions too.

# What it takes to build and run Selkie, as Debian and Ubuntu name it.
# shellcheck disable=SC2034 # read by the scripts that source this
{
  readonly build_packages=(cmake ninja-build make pkg-config libssl-dev zlib1g-dev libzstd-dev unixodbc-dev)
  readonly run_packages=(unixodbc odbcinst)
}

say() { printf '%s\n' "$*" >&2; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

# Runs a command as root: directly, or through sudo, which may ask only where somebody can answer.
as_root() {
  if is_root; then
    "$@"
  elif ! command -v sudo >/dev/null; then
    fail "root is needed and there is no sudo; as root, run: $*"
  elif [ -t 0 ]; then
    sudo -- "$@"
  else
    sudo -n -- "$@"
  fi
}

# Runs a long command with a sign of life; its output is shown only when it fails.
long() { # TITLE COMMAND...
  local title=$1 began=$SECONDS status=0 log ticker
  shift
  log=$(mktemp) || return
  sign_of_life "$title" "$log" &
  ticker=$!
  "$@" >"$log" 2>&1 || status=$?
  kill "$ticker" 2>/dev/null || :
  wait "$ticker" 2>/dev/null || :
  [ ! -t 2 ] || printf '\r\e[K' >&2
  if [ "$status" = 0 ]; then
    say "  $title: done in $((SECONDS - began)) s"
  else
    tail -n 40 "$log" >&2
    say "  $title: failed with exit code $status; the end of its output is above"
  fi
  rm -f "$log"
  return "$status"
}

# One line that is kept fresh on a terminal, a line now and then elsewhere: title, seconds, the command's last line.
sign_of_life() { # TITLE LOG
  local began=$SECONDS pause=15 last
  [ ! -t 2 ] || pause=1
  while sleep "$pause" >/dev/null 2>&1 && kill -0 "$$" 2>/dev/null; do
    last=$(tail -n 1 "$2" 2>/dev/null | tr -d '\000-\037') || :
    if [ -t 2 ]; then
      printf '\r\e[K  %s: %d s  %.60s' "$1" "$((SECONDS - began))" "$last" >&2
    else
      printf '  %s: %d s  %.100s\n' "$1" "$((SECONDS - began))" "$last" >&2
    fi
  done
}

# The given packages that are not installed, one a line.
missing_packages() { # PACKAGE...
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
  done
}

# Installs what is missing and nothing else; never removes a package to make room.
install_packages() { # PACKAGE...
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [ "${#missing[@]}" = 0 ]; then
    say "  packages: all there"
    return
  fi
  say "  packages to install with apt: ${missing[*]}"
  is_root || say "  (sudo may ask for your password)"
  as_root true || fail "root is needed to install packages; as root, run: apt-get install ${missing[*]}"
  long "apt-get update" as_root apt-get -q -o DPkg::Lock::Timeout=300 update || return
  long "apt-get install" as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
    apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-remove --no-install-recommends "${missing[@]}"
}

# A field of /etc/os-release, or nothing.
os_release() { # FIELD
  (
    set +u
    # shellcheck source=/dev/null
    [ ! -r /etc/os-release ] || . /etc/os-release
    printf '%s' "${!1}"
  )
}

# Debian 12 or newer, Ubuntu 22.04 or newer: where the package names above are right.
is_supported_system() {
  local least
  case $(os_release ID) in
    debian) least=12 ;;
    ubuntu) least=22.04 ;;
    *) return 1 ;;
  esac
  # Debian's testing and unstable have no version yet: they are newer than any that has one.
  [ -z "$(os_release VERSION_ID)" ] || dpkg --compare-versions "$(os_release VERSION_ID)" ge "$least"
}

# Ubuntu 22.04 has older names and defaults than all the others.
is_ubuntu_2204() { [ "$(os_release ID) $(os_release VERSION_ID)" = "ubuntu 22.04" ]; }

# The compiler to build with: $CXX, else the system's g++ where that is 12 or newer.
compiler() {
  if [ -n "${CXX:-}" ]; then
    printf '%s' "$CXX"
  elif is_ubuntu_2204; then
    printf 'g++-12'
  else
    printf 'g++'
  fi
}

# The package that brings it; nothing when the caller chose a compiler.
compiler_package() { [ -n "${CXX:-}" ] || compiler; }
