# Shared by the scripts of this repository; source it, do not run it.
# Finds what a build, the tests or the benches need, says what is missing and why, and installs it with apt where it may.
# Everything here speaks on stderr: stdout belongs to the script that sources this file.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/countersign

say() { printf '%s\n' "$*" >&2; }
die() { printf '%s\n' "$@" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# ---- what is missing -------------------------------------------------------------------------------------------------

missing_packages=()

# missing "PACKAGE..." "why": notes packages to install.
missing() {
    local package
    for package in $1; do missing_packages+=("$package"); done
    say "missing: $1 ($2)"
}

# The Rust toolchain is the one thing that a person installs first.
need_rust() {
    have cargo || die "cargo is not installed. Install Rust with rustup (https://rustup.rs), then run this again."
    local wanted found
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
    found=$(cd "$root" && rustc --version | cut -d' ' -f2)
    if [[ $(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1) != "$wanted" ]]; then
        die "rustc $found is too old: this needs $wanted or newer. Run: rustup update stable"
    fi
}

need_compiler() {
    have cc && have c++ && have ar && return
    missing "gcc g++ libc6-dev binutils" "C and C++ compilers: RocksDB and the TLS library are built from source"
}

# The directory of a libclang whose own headers are there too, or nothing. bindgen needs both.
libclang_dir() {
    local library version
    if [[ -n ${LIBCLANG_PATH:-} ]]; then printf '%s' "$LIBCLANG_PATH"; return; fi
    for library in /usr/lib/llvm-*/lib/libclang*.so* /usr/lib/*-linux-gnu/libclang-[0-9]*.so* /usr/lib64/libclang.so*; do
        [[ -e $library && $library != *libclang-cpp* ]] || continue
        version=$(sed -n 's/.*\(llvm\|libclang\)-\([0-9]*\).*/\2/p' <<< "$library")
        if compgen -G "/usr/lib/llvm-$version/lib/clang/*/include/stddef.h" >/dev/null ||
            compgen -G "/usr/lib/clang/${version:-*}*/include/stddef.h" >/dev/null; then
            dirname "$library"
            return
        fi
    done
}

# The two small packages of this distribution's own LLVM; the large libclang-dev when their names cannot be found.
libclang_packages() {
    local version name
    version=$(apt-cache depends libclang-dev 2>/dev/null | sed -n 's/.*Depends: libclang-\([0-9]*\)-dev.*/\1/p' | head -n 1)
    for name in "libclang1-$version" "libclang1-${version}t64"; do
        if [[ -n $version ]] && apt-cache show "$name" >/dev/null 2>&1; then
            printf '%s' "$name libclang-common-$version-dev"
            return
        fi
    done
    printf 'libclang-dev'
}

need_libclang() {
    [[ -z $(libclang_dir) ]] || return 0
    have apt-get && refresh_packages
    missing "$(libclang_packages)" "libclang and its headers: the RocksDB bindings are generated at build time"
}

need_postgresql() {
    compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null && return
    have initdb && return
    missing "postgresql" "PostgreSQL: the read model is tested on one in a temporary folder, and the benches run against it"
}

# Makes system calls fail: what a full or broken disk does to a transfer is tried at each of them.
need_tracer() {
    have strace || missing "strace" "strace: it makes the disk fail under the tests"
}

# Lets a node run by another clock: what a date that is a day off does is tried in a storm.
need_false_clock() {
    compgen -G "/usr/lib/*/faketime/libfaketimeMT.so.1" >/dev/null && return
    missing "faketime" "libfaketime: nodes run by a clock that is a day off under the tests"
}

need_pdf_reader() {
    have pdftotext && return
    missing "poppler-utils" "pdftotext: the tests read the letters"
}

# A browser and what drives it: the offline page is tried in a real one.
need_browser() {
    have chromium || missing "chromium fonts-noto-core" "Chromium, and letters of every language: pages are tried in it"
    have node && have npm || missing "nodejs npm" "Node.js: it drives the browser and runs the offline page's WebAssembly; nothing of it is in the program"
}

# ---- installing ------------------------------------------------------------------------------------------------------

# Prints the words to put before a command that needs root, or fails.
root_prefix() {
    if [[ $EUID -eq 0 ]]; then return; fi
    if have sudo && sudo -n true 2>/dev/null; then printf 'sudo -n'; return; fi
    return 1
}

packages_refreshed=''
# The package lists are absent on a fresh container; elsewhere they are refreshed once, and only when something is missing.
refresh_packages() {
    [[ -z $packages_refreshed ]] || return 0
    packages_refreshed=yes
    local prefix
    prefix=$(root_prefix) || return 0
    $prefix apt-get update -qq >&2 || say "warning: apt-get update failed; going on with the package lists that are here"
}

# Installs what was noted, or prints the one command that does and exits.
install_missing() {
    ((${#missing_packages[@]})) || return 0
    local prefix install="apt-get install -y --no-install-recommends ${missing_packages[*]}"
    have apt-get || die "this machine has no apt: install these by its own means, then run this again: ${missing_packages[*]}"
    prefix=$(root_prefix) || die "run this once, then start again:" "    sudo apt-get update && sudo $install"
    refresh_packages
    say "installing: ${missing_packages[*]}"
    # shellcheck disable=SC2086 # the prefix and the list are words
    $prefix env DEBIAN_FRONTEND=noninteractive $install >&2 || die "apt-get failed. By hand: sudo $install"
    missing_packages=()
}

# What a build of the workspace needs.
need_build() {
    need_rust
    need_compiler
    need_libclang
    install_missing
}

# What the tests need beside a build.
need_tests() {
    need_postgresql
    need_pdf_reader
    need_tracer
    need_false_clock
    install_missing
}

# cargo_tool NAME VERSION: makes `cargo NAME` runnable, building it from crates.io once. Fails if that fails.
cargo_tool() {
    local name=cargo-$1 version=$2
    PATH=$cache/tools/bin:$PATH
    have "$name" && return
    say "building $name $version from crates.io; this happens once and takes a few minutes"
    CARGO_TARGET_DIR=$cache/tools/target CARGO_PROFILE_DEV_DEBUG=0 \
        cargo install --quiet --locked --debug --root "$cache/tools" --version "$version" "$name" >&2 || return
    rm -rf "$cache/tools/target"
}

# python_tool NAME VERSION [PACKAGE...]: makes a tool of PyPI runnable, with more packages if it needs them, in an environment of
# its own that is made once. Sets $tool to the program and $python to its interpreter. Fails if that fails.
python_tool() {
    local name=$1 version=$2 folder
    shift 2
    folder=$cache/python/$name-$version
    tool=$folder/bin/$name python=$folder/bin/python
    [[ ! -e $folder/whole ]] || return 0
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        missing "python3-venv" "virtual environments of Python: tests use $name"
        install_missing
    fi
    say "installing $name $version from PyPI; this happens once"
    rm -rf "$folder"
    python3 -m venv "$folder" >&2 || return
    "$folder/bin/pip" install --quiet --disable-pip-version-check "$name==$version" "$@" >&2 || return
    touch "$folder/whole"
}

# rust_for_wasm: Debian's rustc of this version and the sources of its standard library, from which cargo builds one for
# wasm32-unknown-unknown; rustup's own compiler has no target for it without a download. Unpacked in a folder of the cache, never
# installed. Sets $wasm_rust to the folder. Fails where that version cannot be had.
wasm_rust_version=1.96.0
rust_for_wasm() {
    local package folder=$cache/rust-for-wasm-$wasm_rust_version
    wasm_rust=$folder/usr
    [[ ! -e $folder/whole ]] || return 0
    have apt-get && have dpkg-deb || return
    refresh_packages
    rm -rf "$folder" && mkdir -p "$folder/packages"
    for package in rustc-web "libstd-rust-web-${wasm_rust_version%.*}" libstd-rust-web-dev rust-web-src; do
        package+=$(apt-cache madison "$package" 2>/dev/null | sed -n "s/^[^|]*| *\($wasm_rust_version[^ |]*\) .*/=\1/p" | head -n 1)
        [[ $package == *=* ]] || return
        (cd "$folder/packages" && apt-get download -qq "$package" >&2) || return
    done
    # Its libLLVM, in whatever version it asks for.
    package=$(dpkg-deb --field "$folder"/packages/libstd-rust-web-1*.deb Depends | grep -o 'libllvm[0-9]*')
    (cd "$folder/packages" && apt-get download -qq "$package" >&2) || return
    for package in "$folder"/packages/*.deb; do dpkg-deb --extract "$package" "$folder" || return; done
    rm -rf "$folder/packages"
    LD_LIBRARY_PATH=$wasm_rust/lib/$(uname -m)-linux-gnu "$wasm_rust/bin/rustc" --version >&2 && touch "$folder/whole"
}

# node_modules FOLDER: installs what FOLDER/package-lock.json names from npm, once, outside the checkout. Sets $modules. Fails if that fails.
node_modules() {
    local from=$1 sum
    sum=$(sha256sum "$from/package-lock.json" | cut -c1-16)
    modules=$cache/node/$sum
    [[ ! -e $modules/whole ]] || return 0
    rm -rf "$modules" && mkdir -p "$modules"
    cp "$from/package.json" "$from/package-lock.json" "$modules/"
    (cd "$modules" && npm ci --silent --no-audit --no-fund --ignore-scripts >&2) && touch "$modules/whole"
}

# Makes chromium and the npm packages that drive it usable. Sets $chromium, and $browser_folder with the tests and their packages,
# installed once for each lock file. Fails if that fails.
browser_with_tests() {
    local hash
    need_browser
    (install_missing) || return
    missing_packages=()
    chromium=$(command -v chromium) || return
    hash=$(sha256sum "$root/tests/browser/package-lock.json" | cut -c1-16)
    browser_folder=$cache/browser-$hash
    mkdir -p "$browser_folder"
    cp "$root"/tests/browser/package*.json "$root"/tests/browser/*.mjs "$browser_folder/" || return
    [[ ! -e $browser_folder/whole ]] || return 0
    say "installing playwright-core and axe-core from the npm registry; this happens once"
    (cd "$browser_folder" && npm ci --ignore-scripts --no-audit --no-fund >&2) || return
    touch "$browser_folder/whole"
}

# ---- building --------------------------------------------------------------------------------------------------------

# Tests know from when they were built where their golden files are: those of another checkout are built again.
forget_other_checkout() {
    local place=$CARGO_TARGET_DIR/checkout
    [[ $(cat "$place" 2>/dev/null) == "$root" ]] && return 0
    rm -rf "$CARGO_TARGET_DIR"/*/.fingerprint/countersign*
    printf '%s\n' "$root" >"$place"
}

# Builds are kept outside the checkout, so that another checkout of the same sources finds them. The path of the C++
# wrapper is part of what cargo compares, so it too lies at a place that does not change.
use_build_cache() {
    export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
    mkdir -p "$CARGO_TARGET_DIR" "$cache"
    forget_other_checkout
    [[ -z ${CXX:-} ]] || return 0
    local wrapper=$cache/cxx-unity
    if ! cmp -s "$root/tools/cxx-unity" "$wrapper"; then
        cp "$root/tools/cxx-unity" "$wrapper.$$" && chmod 755 "$wrapper.$$" && mv "$wrapper.$$" "$wrapper"
    fi
    export CXX=$wrapper
}
