#!/bin/bash
# The service install of docs/service.md with real users and a real sudo (security O0, O1, O2).
#
# Usage: tests/real/service.sh BINARY, as root. Nothing of this machine is touched: it runs in a mount namespace of
# its own, over copies of /etc, /var/lib and /usr/local/bin that end with it.
set -u

binary=$(realpath "${1:?the regain binary}")
here=$(cd "$(dirname "$0")/../.." && pwd)
# On a build server nothing may be left out.
skip() { echo "skipped: $*"; [ -z "${CI:-}" ]; exit; }
[ "$(id -u)" = 0 ] || skip "this needs root"
command -v sudo >/dev/null || skip "this needs sudo (apt-get install sudo)"
if [ "${REGAIN_IN_NAMESPACE:-}" != yes ]; then
    unshare -m true 2>/dev/null || skip "this needs a mount namespace of its own"
    exec env REGAIN_IN_NAMESPACE=yes unshare -m "$0" "$binary"
fi

scratch=$(mktemp -d)
trap 'cd /; umount -l /etc /var/lib /usr/local/bin 2>/dev/null; rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
cp -a /etc "$scratch/etc"
mkdir -p "$scratch/lib" "$scratch/bin"
install -m 0755 "$binary" "$scratch/bin/regain"
mount --bind "$scratch/etc" /etc
mount --bind "$scratch/lib" /var/lib
mount --bind "$scratch/bin" /usr/local/bin
unset XDG_CONFIG_HOME XDG_DATA_HOME REGAIN_CONFIG REGAIN_STORE

failed=0
# expect CODE WHAT COMMAND…: runs it with $given as standard input, and compares the exit code. Output is left in $out.
expect() {
    local wanted=$1 what=$2 code
    shift 2
    out=$(printf '%s' "${given:-}" | "$@" 2>&1)
    code=$?
    if [ "$code" = "$wanted" ]; then echo "ok    $what"; else
        echo "FAIL  $what: exit $code instead of $wanted"; echo "$out" | sed 's/^/      /'; failed=1
    fi
}
says() {
    if grep -qF -- "$2" <<<"$out"; then echo "ok    $1"; else
        echo "FAIL  $1: it does not say: $2"; echo "$out" | sed 's/^/      /'; failed=1
    fi
}
# as USER ARGUMENT…: what that person types.
as() { local user=$1; shift; setpriv --reuid="$user" --regid="$user" --init-groups sudo -n -u regain /usr/local/bin/regain "$@"; }

# The install, by the lines of docs/service.md; operators here have no password to give to sudo.
useradd --system --home-dir /var/lib/regain --shell /usr/sbin/nologin regain
groupadd --system regain-admin && groupadd --system regain-support
useradd -M -G regain-admin annie-t && useradd -M -G regain-support sam-t && useradd -M stranger-t
install -d -m 0700 -o regain -g regain /etc/regain /var/lib/regain
sed -e 's#/usr/bin/regain#/usr/local/bin/regain#g' -e '/^%regain/s/NOSETENV:/NOPASSWD: NOSETENV:/' \
    "$here/docs/service/regain.sudoers" > /etc/sudoers.d/regain
chmod 440 /etc/sudoers.d/regain
expect 0 "the rules are good sudoers" visudo -cf /etc/sudoers.d/regain
expect 0 "an admin makes the service" as annie-t init
says "in the system's places" /var/lib/regain/regain.db
printf '[operators]\nadmin = ["%%regain-admin"]\nsupport = ["%%regain-support"]\n[delivery]\nbackground = false\n' \
    > /etc/regain/config.toml
expect 0 "the files are regain's alone" \
    sh -c 'test "$(stat -c %U:%a /etc/regain /etc/regain/regain.key /var/lib/regain/regain.db | tr "\n" " ")" = "regain:700 regain:600 regain:600 "'

# Admins do everything, and are recorded by name.
expect 0 "an admin creates an account" as annie-t -y account create acme --email owner@example.com
expect 0 "an admin reads the records" as annie-t audit list -o jsonl
says "the record names the caller of sudo" '"actor":"annie-t","operator":"annie-t"'
expect 0 "the records are in order" as annie-t audit verify
expect 0 "the doctor finds nothing wrong" as annie-t doctor

# Support looks, and changes nothing of weight.
expect 0 "support sees an account" as sam-t account show acme
expect 4 "support creates nothing" as sam-t -y account create beta
says "it is told why" "support may not change accounts and users"
expect 4 "support does not read the records" as sam-t audit list
expect 4 "support does not care for the store" as sam-t -y store purge
expect 4 "support gets no look at the doctor's findings" as sam-t doctor
if /usr/local/bin/regain codes --help >/dev/null 2>&1; then
    expect 0 "support lists codes" as sam-t codes list
fi
if /usr/local/bin/regain admin-reset --help >/dev/null 2>&1 && /usr/local/bin/regain user --help >/dev/null 2>&1; then
    expect 0 "an admin creates a user" as annie-t -y user create acme/alice --email alice@example.com
    expect 4 "support sets no password" as sam-t -y admin-reset acme/alice --generate --secrets-to /var/lib/regain/out
fi
expect 0 "an admin has a user in an account, too" as annie-t -y user create acme/annie-t --email annie@example.com
expect 4 "support sends no setup token to an operator who is one by a group" as sam-t -y admin-reset acme/annie-t --setup
says "it is told why" "support may not send a setup token for root users and operators"
expect 0 "support finds nobody by a piece of an address" as sam-t user find nnie@example
says "it is told why" "an address is found only as a whole"
expect 0 "an admin sees what was refused" as annie-t audit list --action operatorRefused -o jsonl
says "by name" '"actor":"sam-t"'

# Strangers have self-service and nothing else.
expect 1 "sudo lets a stranger list nothing" as stranger-t account list
expect 0 "a stranger may start a request" as stranger-t request start acme/nobody -o json
expect 1 "nor does a stranger reach the list of requests" as stranger-t request list acme
says "sudo refuses" "a password is required"
# Whatever people do for themselves gets through to regain, which asks for the proofs.
given=$'seven bronze kettles hum softly\n' \
    expect 0 "an admin creates a user with a password" as annie-t -y user create acme/bob --email bob@example.com --password-stdin
given=$'seven bronze kettles hum softly\neight copper pans ring loudly\n' \
    expect 0 "a stranger changes the password that was given to them" as stranger-t password change acme/bob --password-stdin
given=$'eight copper pans ring loudly\n'
expect 0 "a stranger signs in" as stranger-t login acme/bob --password-stdin
expect 0 "a program of theirs verifies" as stranger-t verify acme/bob --password-stdin
expect 0 "a stranger lists their devices" as stranger-t device list acme/bob --password-stdin
expect 0 "and forgets them" as stranger-t device forget acme/bob --all --password-stdin
expect 0 "a stranger has a code sent, for another address" \
    as stranger-t contact change acme/bob --email new@example.com --password-stdin --dry-run
given=$'eight copper pans ring loudly\n000000\n'
expect 4 "a stranger may confirm a contact, if one was bound to them" \
    as stranger-t contact verify acme/bob --mobile --password-stdin --code-stdin
given=$'eight copper pans ring loudly\n'
expect 9 "and not without their password" as stranger-t contact verify acme/bob --mobile --no-input
expect 2 "the service hands no secret of an authenticator out into a file" \
    as stranger-t mfa enrol acme/bob --password-stdin --secrets-to /var/lib/regain/uri
says "and tells the way" "the service opens no file for you"
expect 0 "which is not there" test ! -e /var/lib/regain/uri
expect 2 "without a terminal there is no way out for it" as stranger-t mfa enrol acme/bob --password-stdin
given=$'123456\n'
expect 2 "nobody confirms with half a pair" as stranger-t mfa confirm acme/bob --totp-stdin
given=''
expect 9 "nobody removes an authenticator without a password" as stranger-t mfa remove acme/bob --no-input
expect 9 "a stranger comes to the registration" as stranger-t account register --no-input
expect 9 "and to the form of an appeal" as stranger-t appeal submit --no-input
expect 2 "which takes no file" as stranger-t appeal submit --from /etc/regain/regain.key
says "and tells the way" "use --from -"
expect 4 "a stranger asks how an appeal stands" as stranger-t appeal show apl-bdfgh-jkmnp-qrstv
expect 0 "a stranger opens a request for a new ID" as stranger-t request register zoe --mobile +4915112345678
expect 0 "a stranger says that it was not them" as stranger-t request disown bdfgh-jkmnp-qrstv -y
expect 0 "a stranger reads help" as stranger-t faq forgot
says "and the commands that work for them" '`sudo -u regain regain password reset`'
for command in "user list" "contact list acme/bob" "contact bind acme/bob --email a@example.com" "mfa status" "appeal list" \
    "appeal approve apl-bdfgh-jkmnp-qrstv" "account create beta" "device" "codes explain acme/bob"; do
    # shellcheck disable=SC2086  # words
    expect 1 "sudo keeps \`$command\` from strangers" as stranger-t $command
    says "by asking for a password" "a password is required"
done
cp -p /etc/sudoers.d/regain "$scratch/without-passwords"
sed -i 's/NOPASSWD: NOSETENV: REGAIN$/NOSETENV: REGAIN/' /etc/sudoers.d/regain
expect 1 "an operator gives a password, also for what strangers do without" as annie-t mfa remove acme/bob
says "because the last rule counts" "a password is required"
cp -p "$scratch/without-passwords" /etc/sudoers.d/regain

expect 0 "regain would refuse, too" sh -c \
    'printf "stranger-t ALL = (regain) NOPASSWD: /usr/local/bin/regain\n" > /etc/sudoers.d/zz-careless; chmod 440 /etc/sudoers.d/zz-careless'
expect 4 "even where a careless rule lets them through" as stranger-t account list
says "because they are no operator" "you are not an operator of this store"
rm /etc/sudoers.d/zz-careless
for file in /etc/regain/config.toml /etc/regain/regain.key /var/lib/regain/regain.db; do
    expect 1 "a stranger cannot open $file" setpriv --reuid=stranger-t --regid=stranger-t --init-groups cat "$file"
done

# No file is opened for a caller with the rights of the service, and no line of one is shown.
key=/etc/regain/regain.key
for who in stranger-t sam-t; do
    # What sudo refuses to strangers regain refuses, too, where a careless rule lets them through.
    printf '%s ALL = (regain) NOPASSWD: /usr/local/bin/regain\n' "$who" > /etc/sudoers.d/zz-careless
    chmod 440 /etc/sudoers.d/zz-careless
    for file in "$key" /nonexistent; do
        [ "$who" = stranger-t ] && code=4 || code=2
        expect "$code" "$who lists no people from $file" as "$who" admin-reset --from "$file" --setup -y
        expect 4 "$who generates nothing for $file" as "$who" admin-reset --from "$file" --generate -y
        expect 2 "$who signs in with no line of $file" as "$who" verify acme --password-file "$file"
        says "and is told the way" "use --password-stdin"
        expect 4 "$who checks no config $file" as "$who" config check "$file"
        expect 4 "$who copies no store to $file" as "$who" store backup "$file"
        expect 4 "$who restores no store from $file" as "$who" -y store restore "$file"
    done
    # Of a file that is open for writing alone, the service must not read what its own rights reach.
    expect 2 "$who signs in with nothing behind a descriptor" \
        sh -c 'as=$1; exec setpriv --reuid="$as" --regid="$as" --init-groups sudo -n -u regain /usr/local/bin/regain \
            verify acme --password-fd 1 1>>"$2"' sh "$who" "$scratch/behind-$who"
    says "and is told why" "the service opens no file for you"
    expect 2 "$who writes no manual" as "$who" man /var/lib/regain/man
    rm /etc/sudoers.d/zz-careless
done
expect 2 "an admin lists no people from a file either" as annie-t admin-reset --from "$key" --setup -y
says "and is told the way" "use --from - and redirect it"
expect 2 "an admin has no people written into a file" as annie-t user export /var/lib/regain/people.csv acme
says "and tells the way" "use - and redirect standard output"
expect 2 "an admin checks no other config" as annie-t config check "$key"
expect 2 "an admin has no secrets written for them" as annie-t -y admin-reset acme/alice --generate --secrets-to /var/lib/regain/out
says "and is told the way" "use a terminal"
expect 10 "people come from standard input" sh -c 'printf "acme/alice\n@@\n" | setpriv --reuid=annie-t --regid=annie-t --init-groups \
    sudo -n -u regain /usr/local/bin/regain admin-reset --from - --setup -y --dry-run -o json'
says "and what is no person is a row with the text that its caller gave" '"text":"@@"'

# Nobody brings a config or a store of their own, and nobody becomes another by a variable.
expect 6 "a config by flag is refused" as annie-t account list --config /tmp/own.toml
says "and it is told why" "only /etc/regain/config.toml counts"
expect 6 "a store by flag is refused" as annie-t account list --store /tmp/own.db
expect 1 "sudo takes no SUDO_UID from the line" setpriv --reuid=stranger-t --regid=stranger-t --init-groups \
    sudo -n -u regain SUDO_UID=0 /usr/local/bin/regain --version

# The caller's surroundings are not the service's (security T10). $rules says what comes before sudo, $options what behind.
rules=() options=()
surrounded() { "${rules[@]}" setpriv --reuid=stranger-t --regid=stranger-t --init-groups \
    sudo -n "${options[@]}" -u regain /usr/local/bin/regain "$@"; }
# Soft ones: a container may keep even root from raising the others.
limits=(--fsize=1024: --as=900000000: --data=800000000: --cpu=60: --nofile=40:)
rules=(prlimit "${limits[@]}")
expect 0 "t10: the rules lift the limits of a caller" surrounded request start acme/nobody -o json
for signal in XFSZ XCPU CHLD; do
    rules=(env --ignore-signal=$signal)
    expect 6 "t10: the service refuses to work where SIG$signal is ignored" surrounded request start acme/nobody
    says "and tells" "error: failed to work as a service: SIG$signal is ignored"
done
rules=(env --ignore-signal=HUP,INT,QUIT,TERM,USR1)
expect 0 "t10: what nohup ignores stays ignored" surrounded request start acme/nobody
cp -p /etc/sudoers.d/regain "$scratch/with-limits"
sed -i -e '/^ .*rlimit_/d' -e 's/!closefrom_override, runcwd=.*$/closefrom_override/' /etc/sudoers.d/regain
expect 0 "rules without them are good sudoers, too" visudo -cf /etc/sudoers.d/regain
while read -r limit what; do
    rules=(prlimit "--$limit")
    expect 6 "t10: the service refuses to work with a limit on its $what" surrounded request start acme/nobody
    says "and tells" "error: failed to work as a service: the $what is limited to ${limit#*=}"
    says "and what to do" 'hint: raise it with `ulimit -'
done <<'LIMITS'
fsize=1048576 file size
as=900000000 address space
data=800000000 data segment
cpu=60 processor time
stack=1000000 stack
nofile=63 number of open files
LIMITS
expect 0 "nothing of them is refused to a call for help" surrounded --version
rules=(prlimit --nofile=64)
expect 0 "t10: 64 files are enough" surrounded request start acme/nobody
rules=(env --block-signal=USR1) options=(-C 20)
mkfifo "$scratch/answer"
mkdir -m 755 "$scratch/folder"
(cd "$scratch/folder" && umask 0 && surrounded verify acme/bob --password-stdin < "$scratch/answer" 9< /etc/hostname 2> /dev/null) &
exec 8> "$scratch/answer"
process=''
for _ in $(seq 200); do
    process=$(pgrep -u regain -f '^/usr/local/bin/regain verify acme/bob') && \
        [ "$(readlink "/proc/$process/cwd")" = / ] && break
    sleep 0.05
done
expect 0 "t10: the service leaves the caller's folder" test "$(readlink "/proc/$process/cwd")" = /
expect 0 "t10: and their umask" grep -qx 'Umask:.0077' "/proc/$process/status"
expect 0 "t10: and the signals they blocked" grep -qx 'SigBlk:.0000000000000000' "/proc/$process/status"
expect 1 "t10: and what they had opened" sh -c 'ls -l /proc/$1/fd | grep -F hostname' sh "$process"
exec 8>&-
wait
options=()
cp -p "$scratch/with-limits" /etc/sudoers.d/regain

# What runs on a schedule runs as regain itself.
expect 0 "regain purges its own store" setpriv --reuid=regain --regid=regain --init-groups env HOME=/var/lib/regain \
    /usr/local/bin/regain --yes --no-input --quiet --reason schedule store purge
expect 0 "an admin copies the store" as annie-t store backup /var/lib/regain/backup.db
expect 0 "an admin changes the key" as annie-t -y store rotate-key
expect 0 "and the records hold" as annie-t audit verify
expect 0 "and puts the copy back" as annie-t -y store restore /var/lib/regain/backup.db
expect 0 "and the records hold again" as annie-t audit verify

if command -v systemd-analyze >/dev/null; then
    mkdir "$scratch/units"
    for unit in "$here"/docs/service/*.service "$here"/docs/service/*.timer; do
        sed 's#/usr/bin/regain#/usr/local/bin/regain#' "$unit" > "$scratch/units/$(basename "$unit")"
    done
    expect 0 "the units are good" systemd-analyze verify --man=no "$scratch"/units/*.service "$scratch"/units/*.timer
fi
exit $failed
