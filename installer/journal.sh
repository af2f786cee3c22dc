# shellcheck shell=bash disable=SC2154
# What an installation has made, so that it can be undone: a file of lines "kind<TAB>value", in the order in which things were made.
# Sourced; the caller sets `journal` to the file's path, and has a function undo_KIND for each kind that isn't here.

remember() { # KIND VALUE
  [ -e "$journal" ] || start_journal
  has_made "$1" "$2" || printf '%s\t%s\n' "$1" "$2" >>"$journal"
}

# The folder of the journal is the first thing made.
start_journal() {
  local new folder
  mapfile -t new < <(new_folders "$(dirname "$journal")")
  mkdir -p "$(dirname "$journal")"
  for folder in "${new[@]}"; do printf 'folder\t%s\n' "$folder"; done >"$journal"
}

has_made() { # KIND VALUE
  grep -qxF -- "$1"$'\t'"$2" "$journal" 2>/dev/null
}

# A folder and those above it, as far as they don't exist; outermost first.
new_folders() { # FOLDER
  [ -e "$1" ] || {
    new_folders "$(dirname "$1")"
    printf '%s\n' "$1"
  }
}

# Says that a folder is going to be made: it goes away again when it is empty.
remember_folder() { # FOLDER
  local folder
  while read -r folder; do remember folder "$folder"; done < <(new_folders "$1")
}

# Says that a file may come to be: it goes away again when nothing is in it then.
remember_if_empty() { # FILE
  [ -e "$1" ] || remember file_if_empty "$1"
}

# Undoes everything, last things first. The journal's own folder comes last of all, after the journal.
undo_all() {
  local entries entry
  mapfile -t entries < <(tac "$journal")
  for entry in "${entries[@]}"; do
    [ "${entry%%$'\t'*}" = folder ] || "undo_${entry%%$'\t'*}" "${entry#*$'\t'}"
  done
  rm -f "$journal"
  for entry in "${entries[@]}"; do
    [ "${entry%%$'\t'*}" != folder ] || undo_folder "${entry#*$'\t'}"
  done
}

undo_folder() { # FOLDER
  [ ! -d "$1" ] || rmdir --ignore-fail-on-non-empty "$1"
}

undo_file() { # FILE
  rm -f "$1"
}

undo_file_if_empty() { # FILE
  ! [ -e "$1" ] || grep -q '[^[:space:]]' "$1" || rm -f "$1"
}
