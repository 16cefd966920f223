/** For bash, from 3.2 on and without the bash-completion package. */
import type { OptionSpec, ProgramSpec } from './spec.ts'

export function bash({ name, options, commands }: ProgramSpec): string {
  const values = commands.flatMap((command) => command.options.filter(({ value }) => value).map((option) => ({ command: command.name, option })))
  return `# ${name} completion for bash: eval "$(${name} completion bash)"
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= argument= i
  # bash cuts --option=value at the sign.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} == -* ]]; then continue; fi
    if [[ -n $command ]]; then
      argument=\${COMP_WORDS[i]}
      break
    fi
    command=\${COMP_WORDS[i]}
  done
  COMPREPLY=()
  if [[ -z $command ]]; then
    _${name}_words ${quoted([...commands.map((command) => command.name), 'help', ...flagsOf(options)])}
    return
  fi
  case $command:$prev in
${values.map(({ command, option }) => `    ${option.flags.map((flag) => `${command}:${flag}`).join(' | ')}) ${completed(name, option)}; return ;;`).join('\n')}
  esac
  case $command:$cur in
${commands.map((command) => `    ${command.name}:-*) _${name}_words ${quoted(flagsOf(command.options))}; return ;;`).join('\n')}
  esac
  case $command:$argument in
${[...commands.filter(({ choices }) => choices.length > 0), { name: 'help', choices: commands.map((command) => command.name) }].map((command) => `    ${command.name}:) _${name}_words ${quoted(command.choices)} ;;`).join('\n')}
    *) _${name}_files ;;
  esac
}
_${name}_words() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "$cur")
}
_${name}_files() {
  local file
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$cur")
}
complete -o filenames -F _${name} ${name}
`
}

function completed(name: string, { choices }: OptionSpec): string {
  return choices.length > 0 ? `_${name}_words ${quoted(choices)}` : `_${name}_files`
}

function flagsOf(options: readonly OptionSpec[]): string[] {
  return options.flatMap(({ flags }) => flags)
}

function quoted(words: readonly string[]): string {
  return `'${words.join(' ').replaceAll("'", "'\\''")}'`
}
