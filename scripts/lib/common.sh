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
	[ -e "$DEPS/current" ] || return 0
	export PKG_CONFIG_PATH="$DEPS/current/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
}

# The Meson options of each of our three build folders.
build_options()
{
	case $1 in
	build) say -Dbuildtype=debugoptimized ;;
	build-check) say -Dbuildtype=debug -Doptimization=1 -Dwerror=true -Db_lundef=false \
		-Db_sanitize=address,undefined -Dfault_injection=true ;;
	build-cover) say -Dbuildtype=debug -Doptimization=1 -Db_coverage=true \
		-Dfault_injection=true ;;
	*) die "there is no build called '$1'." "Take one of: build build-check build-cover." ;;
	esac
}

# configure NAME [FOLDER]: sets the build up, or again where the dependencies have changed since.
configure()
{
	local name=$1 folder=${2:-$ROOT/$1} stamp deps options
	options=$(build_options "$name") || exit 1
	stamp=$folder/.autonomi-deps
	deps=$(readlink "$DEPS/current" 2>/dev/null || echo system)
	use_deps
	if [ ! -f "$folder/build.ninja" ]; then
		# shellcheck disable=SC2086
		meson setup "$folder" "$ROOT" $options >"$folder.log" 2>&1 || configure_failed "$folder.log"
	elif [ "$(cat "$stamp" 2>/dev/null)" != "$deps" ]; then
		meson setup --reconfigure --clearcache "$folder" "$ROOT" >"$folder.log" 2>&1 ||
			configure_failed "$folder.log"
	fi
	rm -f "$folder.log"
	printf '%s\n' "$deps" >"$stamp"
}

configure_failed()
{
	tail -n 25 "$1" >&2
	die "Meson could not configure the build." "Run scripts/setup first; the log is $1."
}
