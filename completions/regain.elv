
set edit:completion:arg-completer[regain] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) REGAIN_COMPLETE="elvish" regain -- $@words) | to-lines
}
