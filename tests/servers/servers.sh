# shellcheck shell=bash
# Real servers for the tests, private and on loopback. Sourced by the scripts beside it, one for each server:
#
#   mariadb-10.11 start [--for PID]   starts it if it doesn't run; with --for until that process has ended, however it ends
#   mariadb-10.11 stop [--for PID]    stops it; with --for only if no other process asked for it
#   mariadb-10.11 status              says whether it runs; the exit code too
#   mariadb-10.11 env                 prints the variable that tells a test where it is (start prints it, too)
#   mariadb-10.11 dsn                 prints the same as a section for odbc.ini
#
# The variable is SELKIE_TEST_ and the server's name; its value is a list of key=value, joined by semicolons:
#   SELKIE_TEST_MARIADB_10_11='name=mariadb-10.11;host=127.0.0.1;port=23456;socket=/...;user=tester;password=secret;database=test;ca=/...;
#     cert=/...;key=/...;public_key=/...;plugins=mysql_native_password,ed25519'
#   user        has all rights
#   ca          signed the server's certificate, which is for 127.0.0.1, ::1 and localhost; empty: the server made its own
#   cert, key   a client's certificate by the same ca
#   public_key  the server's RSA key (MySQL only)
#   plugins     ways to log in for which there is an account: named like the plugin, with the same password
#
# SELKIE_TEST_SERVERS   the folder for packages and data (default: selkie/servers in the user's cache)
# <variable>_PORT       the port to take (default: the one it had last, else any that is free)

set -euo pipefail
umask 022
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=../../installer/common.sh
. "$here/../../installer/common.sh"
# shellcheck source=../../installer/server.sh
. "$here/../../installer/server.sh"

readonly test_user=tester test_password=secret test_database=test

# The folder for all servers. Root's servers run as nobody, who can't enter root's home where that is closed.
servers_folder() {
  local folder=${SELKIE_TEST_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/selkie/servers}
  mkdir -p "$folder"
  server_reaches "$folder" || {
    folder=/var/cache/selkie/servers
    mkdir -p "$folder"
  }
  readlink -f "$folder"
}

# What one of the scripts runs.
serve() { # NAME SUITE COMMAND...
  name=$1 suite=$2
  dir=$(servers_folder)/$name
  variable=SELKIE_TEST_$(tr 'a-z.-' 'A-Z__' <<<"$name")
  mkdir -p "$dir/users"
  shift 2
  case "${1:-} ${2:-}" in
    "start --for") start "$3" && print_env ;;
    "start ") start always && print_env ;;
    "stop --for") leave "$3" ;;
    "stop ") stop ;;
    "status ") status ;;
    "env ") print_env ;;
    "dsn ") print_dsn ;;
    *) fail "usage: $name start [--for PID] | stop [--for PID] | status | env | dsn" ;;
  esac
}

# One command at a time, so that two test runs may share a server.
locked() { # COMMAND...
  (
    flock 9
    status=0
    "$@" || status=$?
    flock -u 9 # said aloud, since a child may still hold the descriptor
    exit "$status"
  ) 9>"$dir/lock"
}

start() { # USER: a process id, or "always"
  if [ ! -e "$dir/root/complete" ]; then say "$name: fetching and unpacking the server"; fi
  locked prepare || fail "the server could not be prepared"
  : >"$dir/users/$1"
  locked run || fail "the server could not be started"
  if [ "$1" != always ]; then watch "$1"; fi
}

prepare() {
  local packages sibling=$dir/../${name%-self-signed}/root
  if [ ! -e "$dir/root" ] && [ -e "$sibling/complete" ]; then ln -s "$sibling" "$dir/root"; fi
  case $name in
    mariadb-*) packages=(mariadb-server mariadb-server-core) ;; # the first only for its plugins: it pulls in a whole system service
    mysql-*) packages=("" mysql-server-core) ;;
  esac
  [ -e "$dir/root/complete" ] || long "$name: packages" server_unpack "$dir" "$suite" "${packages[@]}" || return
  [ -e "$dir/data.complete" ] || long "$name: data directory" server_create_data "$dir" || return
  [ -e "$dir/tls/server-key.pem" ] || is_self_signed || create_certificates || return
  create_accounts >"$dir/init.sql"
}

run() {
  local options=(--max-allowed-packet=1G --innodb-buffer-pool-size=512M --innodb-flush-log-at-trx-commit=0 --skip-log-bin
    --local-infile=1 --character-set-server=utf8mb4 --max-connections=500 --performance-schema=ON --secure-file-priv="$dir/run")
  is_self_signed || options+=(--ssl-ca="$dir/tls/ca.pem" --ssl-cert="$dir/tls/server-cert.pem" --ssl-key="$dir/tls/server-key.pem")
  case $name in
    mariadb-*) mapfile -t -O "${#options[@]}" options < <(plugin_options) ;;
    mysql-*) options+=(--mysqlx=OFF) ;;
  esac
  server_start "$dir" "$(port_wish)" "${options[@]}"
}

port_wish() {
  local wish=${variable}_PORT
  printf '%s' "${!wish:-}"
}

stop() {
  rm -f "$dir"/users/*
  locked server_stop "$dir"
}

# Forgets one user of the server, and stops it when that was the last who lives.
leave() { # PID
  rm -f "$dir/users/$1"
  locked stop_if_unused
}

stop_if_unused() {
  local user
  for user in "$dir"/users/*; do
    user=${user##*/}
    if [ "$user" = always ] || kill -0 "$user" 2>/dev/null; then return 0; fi
  done
  server_stop "$dir"
}

# Leaves in the name of a process once it has ended: what happens even when that process was killed.
watch() { # PID
  setsid bash -c 'tail --pid="$1" -f /dev/null; exec "$0" stop --for "$1"' "$here/$name" "$1" >/dev/null 2>&1 </dev/null &
}

status() {
  if server_is_up "$dir"; then
    printf '%s runs on port %s\n' "$name" "$(server_port "$dir")"
  else
    printf '%s does not run\n' "$name"
    return 1
  fi
}

# --- accounts ---

# Plugins that accounts are made for. The built-in ones are known; the others are there if their file is.
plugins() {
  case $name in
    mysql-*) printf '%s\n' caching_sha2_password sha256_password ;;
    mariadb-*)
      printf '%s\n' mysql_native_password
      if server_plugin_exists "$dir" auth_ed25519; then printf '%s\n' ed25519; fi
      if server_plugin_exists "$dir" auth_parsec; then printf '%s\n' parsec; fi
      ;;
  esac
}

plugin_options() {
  local plugin
  for plugin in auth_ed25519 auth_parsec; do
    if server_plugin_exists "$dir" "$plugin"; then printf '%s\n' "--plugin-load-add=$plugin"; fi
  done
}

# Statements that every start runs: one a line, harmless when repeated.
create_accounts() {
  local plugin identified
  printf "CREATE USER IF NOT EXISTS %s@'%%' IDENTIFIED BY '%s';\n" "$test_user" "$test_password"
  printf "GRANT ALL ON *.* TO %s@'%%' WITH GRANT OPTION;\n" "$test_user"
  printf 'CREATE DATABASE IF NOT EXISTS %s CHARACTER SET utf8mb4;\n' "$test_database"
  for plugin in $(plugins); do
    case $name in
      mariadb-*) identified="VIA $plugin USING PASSWORD('$test_password')" ;;
      mysql-*) identified="WITH $plugin BY '$test_password'" ;;
    esac
    printf "CREATE USER IF NOT EXISTS %s@'%%' IDENTIFIED %s;\n" "$plugin" "$identified"
    printf "GRANT ALL ON *.* TO %s@'%%';\n" "$plugin"
  done
}

# --- certificates ---

# A server that is given no certificate makes one for itself at every start.
is_self_signed() {
  case $name in *-self-signed) ;; *) return 1 ;; esac
}

# An authority, and a certificate of it for the server and one for a client.
create_certificates() {
  local tls=$dir/tls
  rm -rf "$tls"
  server_folder "$tls" || return
  openssl req -x509 -newkey rsa:2048 -noenc -days 3650 -subj "/CN=Selkie test authority $name" -addext basicConstraints=critical,CA:TRUE \
    -addext keyUsage=critical,keyCertSign,cRLSign -keyout "$tls/ca-key.pem" -out "$tls/ca.pem" 2>/dev/null &&
    create_certificate server "/CN=localhost" subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1 &&
    create_certificate client "/CN=$test_user" extendedKeyUsage=clientAuth || return
  ! is_root || chown -R nobody:nogroup "$tls"
}

create_certificate() { # ROLE SUBJECT EXTENSION
  local tls=$dir/tls
  openssl req -newkey rsa:2048 -noenc -subj "$2" -keyout "$tls/$1-key.pem" -out "$tls/$1.csr" 2>/dev/null &&
    openssl x509 -req -in "$tls/$1.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca-key.pem" -CAcreateserial -days 3650 -extfile <(printf '%s\n' "$3") \
      -out "$tls/$1-cert.pem" 2>/dev/null
}

# --- what tests read ---

print_env() {
  local public_key='' ca='' certificate='' key=''
  if [ -e "$dir/data/public_key.pem" ]; then public_key=$dir/data/public_key.pem; fi
  is_self_signed || ca=$dir/tls/ca.pem certificate=$dir/tls/client-cert.pem key=$dir/tls/client-key.pem
  printf "export %s='name=%s;host=127.0.0.1;port=%s;socket=%s;user=%s;password=%s;database=%s;ca=%s;cert=%s;key=%s;public_key=%s;plugins=%s'\n" \
    "$variable" "$name" "$(server_port "$dir")" "$dir/run/socket" "$test_user" "$test_password" "$test_database" \
    "$ca" "$certificate" "$key" "$public_key" "$(plugins | paste -sd,)"
}

print_dsn() {
  printf '[selkie-%s]\nDriver=Selkie\nServer=127.0.0.1\nPort=%s\nUid=%s\nPwd=%s\nDatabase=%s\n\n' \
    "$name" "$(server_port "$dir")" "$test_user" "$test_password" "$test_database"
}
