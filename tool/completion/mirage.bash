# SPDX-License-Identifier: ISC
# Completion of the mirage command for bash. Keys and targets come from the program itself.

_mirage_verbs="init configure query describe build run test clean help"
_mirage_questions="name packages depexts files devices keys arguments main cmake manifest size"

# The keys of the project in this folder, as `--net=`.
_mirage_keys() {
  mirage query keys 2>/dev/null | sed -n 's/^\(--[a-z0-9_-]*=\).*/\1/p'
}

# The boot arguments of the project in this folder.
_mirage_arguments() {
  mirage query arguments 2>/dev/null | sed -n 's/^\(--[a-z0-9-]*\).*/\1/p'
}

# The refusal of a target that does not exist lists those that do.
_mirage_targets() {
  mirage query name -t '?' 2>&1 | sed -n 's/.*the targets are: //p' | sed 's/,\| and / /g'
}

_mirage() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb= each words=
  COMPREPLY=()
  for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " $_mirage_verbs " in *" $each "*) verb=$each && break ;; esac
  done
  case $previous in
    -f | --file | -o | --output) COMPREPLY=($(compgen -f -- "$word")) && return ;;
    -t | --target) COMPREPLY=($(compgen -W "$(_mirage_targets)" -- "$word")) && return ;;
    --pcap) COMPREPLY=($(compgen -d -- "$word")) && return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$word")) && return ;;
    --template) COMPREPLY=($(compgen -W "hello website" -- "$word")) && return ;;
  esac
  case $verb in
    '') words="$_mirage_verbs --version --help --verbose --quiet --color" ;;
    init) words="--template" ;;
    configure) words="--target --file --output --dry-run --no-depext $(_mirage_keys)" ;;
    query) words="$_mirage_questions --target --file $(_mirage_keys)" ;;
    describe) words="--dot --svg --output --target --file $(_mirage_keys)" ;;
    build | clean) words="--file --dry-run" ;;
    run) words="--file -- $(_mirage_arguments)" ;;
    test) words="--seed --pcap --file $(cd scenarios 2>/dev/null && ls *.toml 2>/dev/null | sed 's/\.toml$//')" ;;
    help) words=$_mirage_verbs ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}

complete -F _mirage mirage
