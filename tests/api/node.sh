# A country's node with one witness in a folder of its own, for scripts that ask it something; source it after tools/lib.sh.
# Sets $folder and $url. Wants $program, and $keep to leave the folder behind; with $for_browsers people reach the node at
# localhost, where browsers have passkeys.
# shellcheck shell=bash

processes=()
finish() {
    local process
    for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    if [[ -n ${keep:-} ]]; then say "left: $folder"; else rm -rf "$folder"; fi
}

make_folder() {
    folder=$(mktemp -d)
    trap finish EXIT
}

# free_port: one that nobody listens on now.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# A country with one witness, whose node is ready.
start_node() {
    local node witness more=()
    node=$(free_port) witness=$(free_port)
    url=http://127.0.0.1:$node
    [[ -z ${for_browsers:-} ]] || more+=(--public-url "http://localhost:$node")
    cd "$folder" || return
    (umask 077 && printf 'five random words make sense\n' >passphrase)
    "$program" witness --data witness --name witness.example --listen "127.0.0.1:$witness" --make-only \
        --passphrase-file passphrase >witness.line 2>witness.journal
    "$program" init --no-input -o json --data node --party GH --name "Ghana Carbon Registry" --registry GHA01 \
        --origin gh.example/ledger --network itmo --http "127.0.0.1:$node" --p2p /ip4/127.0.0.1/tcp/0 --witness witness.line \
        --process small --ministry "Ministry of Environment" --passphrase-file passphrase "${more[@]}" >node.json 2>node.journal
    mkdir logs
    python3 -c 'import json; print(json.load(open("node.json"))["log_key"])' >logs/gh.key
    "$program" witness --data witness --listen "127.0.0.1:$witness" --logs logs --passphrase-file passphrase >>witness.journal 2>&1 &
    processes+=($!)
    "$program" serve --data node --passphrase-file passphrase >>node.journal 2>&1 &
    processes+=($!)
    local tries
    for ((tries = 0; tries < 120; tries++)); do
        ! python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' "$url/readyz" 2>/dev/null || return 0
        sleep 0.5
    done
    tail -n 20 node.journal >&2
    die "the node did not become ready"
}
