import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command by the words that lead to it, with what may come next. */
interface Node {
  readonly path: string;
  readonly words: readonly string[];
  readonly descriptions: ReadonlyMap<string, string>;
}

/** A script that needs nothing but the shell: everything it can propose stands in it. */
export function completionScript(program: Command, shell: Shell): string {
  const nodes = nodesOf(program, '');
  switch (shell) {
    case 'bash':
      return bash(nodes);
    case 'zsh':
      return zsh(nodes);
    case 'fish':
      return fish(nodes);
  }
}

function nodesOf(command: Command, path: string): Node[] {
  const descriptions = new Map<string, string>();
  for (const one of command.commands) descriptions.set(one.name(), one.description());
  for (const argument of command.registeredArguments)
    for (const choice of argument.argChoices ?? []) descriptions.set(choice, '');
  for (const option of command.options) if (option.long) descriptions.set(option.long, option.description);
  descriptions.set('--help', 'display help for command');
  const own: Node = { path, words: [...descriptions.keys()], descriptions };
  return [own, ...command.commands.flatMap((one) => nodesOf(one, `${path} ${one.name()}`.trim()))];
}

/** What both shells of the Bourne family understand: from the words of a path to what may follow. */
const table = (nodes: readonly Node[]): string =>
  nodes.map(({ path, words }) => `    '${path}') printf '%s\\n' ${words.join(' ')} ;;`).join('\n');

/** `path` is another thing in zsh. */
const walk = `  trail=''
  for word in "$@"; do
    case "$word" in
      -*) ;;
      *) if [ -n "$(_push_words "\${trail:+$trail }$word")" ]; then trail="\${trail:+$trail }$word"; fi ;;
    esac
  done`;

const bash = (nodes: readonly Node[]): string => `# bash completion for push
_push_words() {
  case "$1" in
${table(nodes)}
  esac
}
_push_trail() {
  local trail word
${walk}
  printf '%s' "$trail"
}
_push() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  local trail; trail="$(_push_trail "\${COMP_WORDS[@]:1:COMP_CWORD-1}")"
  COMPREPLY=($(compgen -W "$(_push_words "$trail")" -- "$current"))
}
complete -o default -F _push push
`;

const zsh = (nodes: readonly Node[]): string => `#compdef push
_push_words() {
  case "$1" in
${table(nodes)}
  esac
}
_push() {
  local trail word
  set -- "\${(@)words[2,CURRENT-1]}"
${walk}
  compadd -- \${(f)"$(_push_words "$trail")"} || _files
}
if [ "$funcstack[1]" = _push ]; then _push "$@"; else compdef _push push; fi
`;

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap(({ path, descriptions }) =>
    [...descriptions].map(([word, text]) => {
      const seen = `__push_at ${path === '' ? "''" : `'${path}'`}`;
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c push -n "${seen}" ${what} -d '${text.replaceAll("'", "\\'")}'`;
    }),
  );
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  return `# fish completion for push
function __push_at
  set -l path ''
  for word in (commandline -opc)[2..-1]
    set -l longer (string trim "$path $word")
    if contains -- $longer ${paths.join(' ')}
      set path $longer
    end
  end
  test "$path" = "$argv[1]"
end
${lines.join('\n')}
`;
}
