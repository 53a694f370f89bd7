# SPDX-License-Identifier: GPL-3.0-or-later
# System packages by tier, and how they are installed. Source it after common.sh.

packages_library="gcc libc6-dev make meson ninja-build pkg-config python3 ca-certificates
	autoconf automake libtool patch xz-utils
	libsqlite3-dev libcurl4-openssl-dev libjansson-dev libbrotli-dev libsecp256k1-dev npm"
packages_check="check clang clang-format clang-tidy libclang-rt-dev gcovr g++ binutils procps"
packages_bindings="python3-dev python3-venv golang-go"
packages_bench="liblmdb-dev"

packages_of_tier()
{
	case $1 in
	library | check | bindings | bench) eval "printf '%s ' \$packages_$1" ;;
	*) die "there is no tier called '$1'." "Take some of: library check bindings bench." ;;
	esac
}

is_installed()
{
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# A Go or an npm from elsewhere serves as well as the distribution's. npm is there to fetch blst.
is_provided()
{
	case $1 in
	golang-go) command -v go >/dev/null ;;
	npm) command -v npm >/dev/null ;;
	*) false ;;
	esac
}

missing_packages()
{
	local tier package
	for tier in "$@"; do
		for package in $(packages_of_tier "$tier"); do
			is_installed "$package" || is_provided "$package" || printf '%s ' "$package"
		done
	done
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

install_packages()
{
	local missing tier
	for tier in "$@"; do
		packages_of_tier "$tier" >/dev/null
	done
	if ! command -v apt-get >/dev/null; then
		say "setup: no apt-get here; taking what the system has (Debian's names: $(
			for tier in "$@"; do packages_of_tier "$tier"; done | tr -s '[:space:]' ' '))"
		return 0
	fi
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
		die "these system packages are missing, and only root may install them: $missing" \
			"Ask for: apt-get install $missing - then run this again."
	fi
	say "setup: installing system packages: $missing"
	as_root apt-get update -qq ||
		die "apt-get update failed." "Check the machine's network and package sources."
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends $missing >"$DEPS/apt.log" 2>&1 || {
		tail -n 5 "$DEPS/apt.log" >&2
		die "apt-get could not install: $missing" "The log is build/deps/apt.log."
	}
}
