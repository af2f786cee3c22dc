# shellcheck shell=bash
# A private MariaDB or MySQL server out of the distribution's packages, in one folder, on loopback only. Sourced; needs common.sh.
#
# Nothing is installed: the packages are unpacked together with their own C library and run through its loader, so they neither
# clash with the machine's packages nor mind its age. An instance is a folder:
#   root/     the unpacked packages          apt/   apt's own lists and archives, only while unpacking
#   data/     the data directory             log    what the server said
#   init.sql  statements for every start     port, pid, run/socket
# Root doesn't run servers: they drop to the user nobody then. Any other user runs them as himself.

server_as=()
if is_root; then server_as=(setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs --); fi

# Whether the server's user can reach a folder; a closed home on the way is the usual reason why not.
server_reaches() { # FOLDER
  "${server_as[@]}" test -x "$1"
}

# apt-get with lists, archives and an (empty) record of installed packages of its own: needs no rights, changes nothing outside.
private_apt() { # DIR ARGUMENT...
  local apt=$1/apt
  shift
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" && touch "$apt/status" || return
  apt-get -q -y -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
    -o Debug::NoLocking=1 -o APT::Sandbox::User=root "$@"
}

# Where this machine gets Debian from, as its own apt configuration says.
debian_mirror() { # DIR
  local filter=('Origin: Debian' 'Label: Debian' 'Created-By: Packages') uri
  uri=$(apt-get indextargets --format '$(REPO_URI)' "${filter[@]}" | head -n 1)
  if [ -z "$uri" ]; then # apt has no lists yet; they say whose archive is whose
    private_apt "$1" update >/dev/null || return
    uri=$(private_apt "$1" indextargets --format '$(REPO_URI)' "${filter[@]}" | head -n 1)
  fi
  [ -n "$uri" ] && printf '%s' "$uri"
}

# Unpacks packages with all they depend on into DIR/root, once.
#   SUITE     a release of Debian, or "own" for the releases that this machine's apt is set up for
#   ALONE     packages of which only the files are wanted, not what they depend on; may be empty
server_unpack() { # DIR SUITE ALONE PACKAGE...
  local dir=$1 suite=$2 alone=$3 sources=() archive mirror
  shift 3
  [ ! -e "$dir/root/complete" ] || return 0
  rm -rf "$dir/root" "$dir/apt"
  mkdir -p "$dir/root" "$dir/apt" || return
  if [ "$suite" != own ]; then
    mirror=$(debian_mirror "$dir") || fail "$suite is a release of Debian, and this machine's apt knows no Debian archive"
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
      "$mirror" "$suite" >"$dir/apt/suite.sources" || return
    sources=(-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::sourcelist="$dir/apt/suite.sources")
  fi
  private_apt "$dir" "${sources[@]}" update || say "apt-get update complained; what it has may do" # some other archive of the machine's
  private_apt "$dir" "${sources[@]}" --download-only --no-install-recommends install "$@" || return
  for archive in $alone; do
    (cd "$dir/apt/cache/archives" && private_apt "$dir" "${sources[@]}" download "$archive") || return
  done
  for archive in "$dir"/apt/cache/archives/*.deb; do
    dpkg -x "$archive" "$dir/root" || return
  done
  rm -rf "$dir/apt"
  touch "$dir/root/complete"
}

# The command that runs the unpacked server, options that its unpacked place makes necessary included.
server_command() { # DIR NAME-OF-ARRAY
  local root=$1/root loader libraries share
  # shellcheck disable=SC2178 # the caller's array
  local -n command_out=$2
  loader=$(find "$root"/lib/*/ "$root"/usr/lib/*/ -maxdepth 1 -name 'ld-linux*.so.*' -print -quit 2>/dev/null)
  libraries=${loader%/*} libraries=${libraries##*/}
  libraries=$root/lib/$libraries:$root/usr/lib/$libraries:$root/usr/lib/mysql/private
  share=$(find "$root/usr/share" -path '*/english/errmsg.sys' -print -quit)
  share=${share%/english/errmsg.sys}
  # shellcheck disable=SC2034
  command_out=("$loader" --library-path "$libraries" "$root/usr/sbin/$(server_daemon "$1")" --no-defaults
    --basedir="$root/usr" --datadir="$1/data" --plugin-dir="$root/usr/lib/mysql/plugin"
    --lc-messages-dir="$share" --character-sets-dir="$share/charsets")
}

# mariadbd or mysqld: what the packages brought.
server_daemon() { # DIR
  if [ -x "$1/root/usr/sbin/mariadbd" ]; then printf mariadbd; else printf mysqld; fi
}

server_plugin_exists() { # DIR PLUGIN
  [ -e "$1/root/usr/lib/mysql/plugin/$2.so" ]
}

# A folder that belongs to the server's user.
server_folder() { # FOLDER
  mkdir -p "$1" && chmod 755 "$1" && { ! is_root || chown nobody:nogroup "$1"; }
}

# Makes the data directory, once. Its only account is root, without a password, over the socket alone (names aren't resolved).
server_create_data() { # DIR
  local dir=$1 command
  [ ! -e "$dir/data.complete" ] || return 0
  rm -rf "$dir/data"
  server_folder "$dir/data" && server_command "$dir" command || return
  if [ "$(server_daemon "$dir")" = mysqld ]; then
    "${server_as[@]}" "${command[@]}" --initialize-insecure || return
  else
    mariadb_system_tables "$dir" | "${server_as[@]}" "${command[@]}" --bootstrap --skip-log-bin || return
  fi
  touch "$dir/data.complete"
}

# What MariaDB's bootstrap reads: the package's scripts, whose names differ by release.
mariadb_system_tables() { # DIR
  local scripts part
  scripts=$(dirname "$(find "$1/root/usr/share" -name '*_system_tables.sql' -print -quit)")
  printf 'CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n'
  for part in '*_system_tables.sql' '*_performance_tables.sql' '*_system_tables_data.sql' 'maria_add_gis_sp_bootstrap.sql' '*_sys_schema.sql'; do
    find "$scripts" -maxdepth 1 -name "$part" -exec cat {} +
  done
  printf "USE mysql;\nDELETE FROM global_priv WHERE Host <> 'localhost' OR User NOT IN ('root', 'mariadb.sys');\n"
}

# The process, if it runs; its command line must name the instance's data directory, since a process id may have been given away again.
server_pid() { # DIR
  local pid
  pid=$(cat "$1/pid" 2>/dev/null) && grep -qzxF -- "--datadir=$1/data" "/proc/$pid/cmdline" 2>/dev/null && printf '%s' "$pid"
}

server_port() { # DIR
  cat "$1/port"
}

# Whether a server greets on a port: in this protocol the server speaks first.
greets() { # PORT
  timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && [ -n "$(head -c 1 <&3 | tr "\0" x)" ]' greets "$1" 2>/dev/null
}

server_is_up() { # DIR
  server_pid "$1" >/dev/null && greets "$(server_port "$1")"
}

# A port on which nobody listens, the wished one if it can be.
free_port() { # WISH
  local port=$1
  while [ -z "$port" ] || (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    port=$((20000 + RANDOM % 12000)) # below the range from which outgoing connections take theirs
  done
  printf '%s' "$port"
}

# Starts the instance, if it doesn't run already, and waits until it answers. Its port is the one that it had, where that is still free.
# A caller's lock on descriptor 9 does not pass on to the server.
server_start() { # DIR PORT-OR-EMPTY OPTION...
  local dir=$1 port=$2 command options=()
  shift 2
  ! server_is_up "$dir" || return 0
  [ -n "$port" ] || port=$(free_port "$(server_port "$dir" 2>/dev/null)")
  server_folder "$dir/run" && server_command "$dir" command || return
  [ "${#dir}" -lt 90 ] || fail "$dir is too long a path for a Unix socket below it (107 bytes at most)"
  if [ -e "$dir/init.sql" ]; then options+=(--init-file="$dir/init.sql"); fi
  printf '%s' "$port" >"$dir/port"
  setsid "${server_as[@]}" "${command[@]}" --bind-address=127.0.0.1 --port="$port" --socket="$dir/run/socket" --skip-name-resolve \
    "${options[@]}" "$@" >>"$dir/log" 2>&1 </dev/null 9>&- &
  printf '%s' "$!" >"$dir/pid"
  server_wait "$dir" || {
    tail -n 15 "$dir/log"
    server_stop "$dir"
    say "the server did not start; the end of $dir/log is above"
    return 1
  }
}

# Waits for the first greeting, two minutes at most, for as long as the process lives.
server_wait() { # DIR
  for _ in {1..240}; do
    sleep 0.5
    kill -0 "$(cat "$1/pid")" 2>/dev/null || return
    ! server_is_up "$1" || return 0
  done
  return 1
}

# Stops the instance and waits until it has gone: orderly within a minute, else by force.
server_stop() { # DIR
  local pid
  pid=$(server_pid "$1") || return 0
  kill "$pid"
  for _ in {1..300}; do
    server_pid "$1" >/dev/null || return 0
    sleep 0.2
  done
  kill -KILL "$pid"
}
