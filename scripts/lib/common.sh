# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by the scripts in this folder's parent: messages, paths, build folders. Source it.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
DEPS=$ROOT/build/deps

say() { printf '%s\n' "$*"; }

# die WHAT [WHAT TO DO]: one sentence about what failed, one about the way out.
die()
{
	printf '%s: %s\n' "$(basename "$0")" "$1" >&2
	[ $# -lt 2 ] || printf '%s\n' "$2" >&2
	exit 1
}

# Makes pkg-config find what scripts/setup built, before what the system has.
use_deps()
{
	local prefix
	for prefix in "$DEPS/brotli" "$DEPS/current"; do
		[ ! -e "$prefix" ] ||
			export PKG_CONFIG_PATH="$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
	done
}

# The Meson options of each of our build folders. The release build takes the compiler's
# warnings as they are: whoever builds it with a newer compiler shall not fail on a new one.
build_options()
{
	local checked="-Dbuildtype=debug -Doptimization=1 -Dwerror=true -Dfault_injection=true -Ddeveloper=true"
	case $1 in
	build) say -Dbuildtype=debugoptimized ;;
	build-check) say "$checked" -Db_lundef=false -Db_sanitize=address,undefined ;;
	build-cover) say "$checked" -Db_coverage=true ;;
	build-fuzz) say -Dbuildtype=debugoptimized -Db_lundef=false -Db_sanitize=address,undefined \
		-Dfuzzing=libfuzzer -Dtools=false -Ddeveloper=true ;;
	*) die "there is no build called '$1'." ;;
	esac
}

# build-check is clang's, build and build-cover are gcc's: so both stay free of warnings. build-fuzz
# needs clang's libFuzzer.
build_compiler()
{
	if [ "$1" = build-fuzz ]; then
		say clang
	elif [ "$1" = build-check ] && command -v clang >/dev/null; then
		say "${CC:-clang}"
	else
		say "${CC:-cc}"
	fi
}

# configure NAME [FOLDER]: sets the build up, or again where compiler, options or dependencies are
# others than last time.
configure()
{
	local name=$1 folder=${2:-$ROOT/$1} compiler options deps stamp
	compiler=$(build_compiler "$name")
	options="$(build_options "$name")${AUTONOMI_MODULES:+ -Dmodules=$AUTONOMI_MODULES}" || exit 1
	deps="$(readlink "$DEPS/current" || say system) $(readlink "$DEPS/brotli" || say stock)"
	[ -e "$DEPS/brotli" ] || options="$options -Dencoder=stock"
	stamp=$folder/.autonomi-build
	use_deps
	if [ -f "$folder/build.ninja" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$compiler $options $deps" ]; then
		return 0
	fi
	# What a build folder holds is Meson's, but for build/deps and what benchmarks measured.
	[ ! -d "$folder/meson-private" ] || find "$folder" -mindepth 1 -maxdepth 1 ! -name deps ! -name bench \
		! -name .lock -exec rm -rf {} +
	# shellcheck disable=SC2086
	CC=$compiler meson setup "$folder" "$ROOT" $options >"$folder.log" 2>&1 || {
		tail -n 25 "$folder.log" >&2
		die "Meson could not configure ${folder##*/}." \
			"Where it misses something, run scripts/setup. The whole log is $folder.log."
	}
	rm -f "$folder.log"
	say "$compiler $options $deps" >"$stamp"
}
