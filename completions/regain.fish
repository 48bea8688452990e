complete --keep-order --exclusive --command regain --arguments "(REGAIN_COMPLETE=fish regain -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
