# Does what somebody would do, and writes down what was seen: step by step, each begun by what the server makes known. $TRANSCRIPT is the file to write.
define-command note -params 1 %{ nop %sh{ printf '%s\n' "$1" >>"$TRANSCRIPT" } }
define-command in-client -params 1 %{ evaluate-commands -client client0 %{ try %arg{1} catch %{ note "failed: %val{error}"; kill! } } }
define-command then -params 1 %{ define-command -override on-hover %arg{1} }
define-command -override -hidden lsp-show-hover -params 4 %{ note "hover: %arg{2}"; note "diagnostic: %arg{3}"; on-hover }

hook -once global BufSetOption lsp_diagnostic_error_count=1 %{ in-client %{
    note "filetype %opt{filetype}"
    then mend
    execute-keys '/> slow<ret>;'
    lsp-hover
}}

define-command mend %{
    hook -once global BufSetOption lsp_diagnostic_error_count=0 %{ in-client complete }
    execute-keys '%s= 400<ret>ams<esc>x'
    lsp-formatting-sync
    note "mended: %val{selection}"
}

define-command complete %{
    execute-keys %{%s^ads-slow.*?scale<ret>}
    note "format: %val{selection}"
    hook -once global WinSetOption lsp_completions=.* %{ note "completion: %opt{lsp_completions}"; in-client rename }
    execute-keys '/p99<ret>;'
    lsp-completion
}

define-command rename %{
    then renamed
    execute-keys '%slet slow<ret>;'
    lsp-rename patience
    lsp-hover
}

define-command renamed %{
    execute-keys '%'
    note "%val{selection}"
    evaluate-commands %sh{ [ "$kak_opt_lsp_diagnostic_warning_count" -gt 0 ] && echo warned || echo 'hook -once global BufSetOption lsp_diagnostic_warning_count=[1-9].* %{ in-client warned }' }
}

# The catalog of the settings has come, and something is wrong by it.
define-command warned %{
    note "warnings: %opt{lsp_diagnostic_warning_count}"
    kill!
}
