# SPDX-License-Identifier: GPL-3.0-or-later
# The libraries that the distribution does not build our way: wolfSSL with QUIC and with our own
# seed and clock, and ngtcp2 with its wolfSSL helper. Both static, position-independent, into one
# prefix that is named by the hash of this file, of its place, the compiler and the wolfSSL version.
# Source it after common.sh.

wolfssl_crate=wolfssl-sys-5.3.0.crate # carries wolfSSL 5.9.4
wolfssl_crate_sha256=e04fb531435ec8ba1852ee9df66ab351cdb1e3aec1da4013787ae93efa3adac6
wolfssl_tar=wolfssl_5.7.2.orig.tar.gz
wolfssl_tar_sha256=0f2ed82e345b833242705bbc4b08a2a2037a33f7bf9c610efae6464f6b10e305
ngtcp2_tar=ngtcp2_1.11.0.orig.tar.xz
ngtcp2_tar_sha256=382c15bf66b630f26021631b25b7eb1feac42c67c1d6826189d61091dfaa4d09
source_suite=trixie

# WC_RNG_SEED_CB and USER_TICKS: the host gives seed and clock (the simulator depends on it).
# WOLFSSL_SHA3_NO_AVX2: the BMI2 code hashes 563 MB/s where the AVX2 code does 400.
wolfssl_cflags="-O2 -g -fPIC -DWC_RNG_SEED_CB -DUSER_TICKS -DWOLFSSL_SHA3_NO_AVX2"
wolfssl_options="--enable-static --disable-shared --with-pic --disable-examples --disable-crypttests
	--disable-benchmark --enable-quic --enable-session-ticket --enable-earlydata --enable-psk
	--enable-ed25519 --enable-curve25519 --enable-keygen --enable-certgen --enable-certext
	--enable-certreq --enable-sha3 --enable-aesgcm --enable-aescbc --enable-chacha --enable-sp
	--enable-hkdf --enable-opensslextra --enable-cryptocb"

choose_wolfssl()
{
	local cargo
	# There may be none, or one without a toolchain.
	if ! cargo=$(cargo --version 2>/dev/null | sed -n 's/^cargo 1\.\([0-9]*\).*/\1/p'); then
		cargo=0
	fi
	case ${AUTONOMI_WOLFSSL:-} in
	5.9.4 | 5.7.2)
		wolfssl_version=$AUTONOMI_WOLFSSL
		wolfssl_reason="AUTONOMI_WOLFSSL asks for it" ;;
	"")
		if [ "${cargo:-0}" -ge 70 ]; then
			wolfssl_version=5.9.4 wolfssl_reason="cargo 1.$cargo can fetch it"
		else
			wolfssl_version=5.7.2
			wolfssl_reason="no cargo of 1.70 or newer runs here; without post-quantum key exchange"
		fi ;;
	*) die "AUTONOMI_WOLFSSL is '$AUTONOMI_WOLFSSL'." "It can be 5.9.4 or 5.7.2." ;;
	esac
}

recipe_hash()
{
	{
		cat "$ROOT/scripts/lib/deps.sh"
		printf "%s\n" "$ROOT" "$wolfssl_version" "$(uname -m)" "$(${CC:-cc} --version | head -n 1)"
	} | sha256sum | cut -c 1-16
}

# check_sum FILE SHA256 PACKAGE
check_sum()
{
	[ "$(sha256sum <"$1" | cut -d ' ' -f 1)" = "$2" ] || {
		rm -f "$1"
		die "the archive of $3 is not the one that we know (its SHA-256 differs)." \
			"It was removed. Run this again; where it repeats, the package source is not to be trusted."
	}
}

# run STEP COMMAND...: quiet, with a log, and a clear message where it fails.
run()
{
	local step=$1 log
	shift
	log=$DEPS/log/${step//[ \/]/-}.log
	mkdir -p "$DEPS/log"
	"$@" >"$log" 2>&1 || {
		tail -n 15 "$log" >&2
		die "$step failed (the last lines are above, the log is ${log#"$ROOT/"})." \
			"${hint:-Run this again; where it repeats, send us the log.}"
	}
}

# The sources of $source_suite, through lists of our own: the machine's apt set-up is not touched.
# The mirror's address is the one that the machine uses already.
apt_private()
{
	apt-get -oDir::Etc::SourceList="$DEPS/apt/sources.list" -oDir::Etc::SourceParts=/dev/null \
		-oDir::State::Lists="$DEPS/apt/lists" -oAPT::Sandbox::User=root "$@"
}

prepare_apt_source()
{
	local mirror
	[ ! -e "$DEPS/apt/ready" ] || return 0
	command -v apt-get >/dev/null ||
		die "ngtcp2's source comes from Debian's archive, and this machine has no apt-get." \
			"Install ngtcp2 >= 1.11 with its wolfSSL helper, and use AUTONOMI_DEPS=system."
	mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sort -u | head -n 1)
	[ -n "$mirror" ] || die "apt has no package source." "Give the machine one, then run this again."
	mkdir -p "$DEPS/apt/lists/partial"
	printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
		"$mirror" "$source_suite" >"$DEPS/apt/sources.list"
	hint="Its source packages come from Debian's $source_suite suite on this machine's own mirror." \
		run "reading the package lists of $source_suite" apt_private update
	touch "$DEPS/apt/ready"
}

fetch_debian_source()
{
	local package=$1
	prepare_apt_source
	(cd "$DEPS/cache" && hint="Is $package/$source_suite on the mirror that this machine uses?" \
		run "downloading the source of $package" apt_private source --download-only \
		"${@:2}" "$package/$source_suite")
}

crate_in_cargo_home()
{
	find "${CARGO_HOME:-$HOME/.cargo}/registry/cache" -name "$wolfssl_crate" 2>/dev/null | head -n 1
}

fetch_wolfssl_crate()
{
	local package=$DEPS/tmp/fetch
	[ -z "$(crate_in_cargo_home)" ] || return 0
	mkdir -p "$package/src"
	printf '[package]\nname = "fetch"\nversion = "0.0.0"\n[dependencies]\nwolfssl-sys = "=5.3.0"\n' \
		>"$package/Cargo.toml"
	: >"$package/src/lib.rs"
	hint="wolfSSL 5.9.4 comes from the crate wolfssl-sys; AUTONOMI_WOLFSSL=5.7.2 does without cargo." \
		run "fetching the crate wolfssl-sys" cargo fetch --manifest-path "$package/Cargo.toml"
}

unpack_wolfssl_5_9_4()
{
	fetch_wolfssl_crate
	cp "$(crate_in_cargo_home)" "$DEPS/cache/$wolfssl_crate"
	check_sum "$DEPS/cache/$wolfssl_crate" "$wolfssl_crate_sha256" wolfssl-sys
	mkdir -p "$DEPS/tmp/crate"
	tar -C "$DEPS/tmp/crate" --strip-components=1 -xf "$DEPS/cache/$wolfssl_crate"
	mv "$DEPS/tmp/crate/wolfssl-src" "$DEPS/tmp/wolfssl"
}

# Debian's security patches change with every revision: the archive's signature vouches for them.
unpack_wolfssl_5_7_2()
{
	local patch
	fetch_debian_source wolfssl
	check_sum "$DEPS/cache/$wolfssl_tar" "$wolfssl_tar_sha256" wolfssl
	mkdir -p "$DEPS/tmp/wolfssl"
	tar -C "$DEPS/tmp/wolfssl" --strip-components=1 -xf "$DEPS/cache/$wolfssl_tar"
	tar -C "$DEPS/tmp/wolfssl" -xf "$(ls -t "$DEPS"/cache/wolfssl_5.7.2-*.debian.tar.xz | head -n 1)"
	cd "$DEPS/tmp/wolfssl"
	grep -v '^ *\(#\|$\)' debian/patches/series | while read -r patch; do
		patch -s -p1 <"debian/patches/${patch%% *}" || exit 1
	done || die "Debian's patches do not apply to wolfSSL 5.7.2." "Use AUTONOMI_WOLFSSL=5.9.4."
}

wolfssl_options_here()
{
	case $(uname -m) in
	x86_64) say --enable-intelasm --enable-sp-asm ;;
	aarch64) say --enable-armasm --enable-sp-asm ;;
	esac
	case $wolfssl_version in
	5.9.*) say --enable-mlkem ;;
	esac
}

build_wolfssl()
{
	"unpack_wolfssl_${wolfssl_version//./_}"
	cd "$DEPS/tmp/wolfssl"
	run "wolfssl autogen" ./autogen.sh
	# shellcheck disable=SC2046,SC2086
	run "wolfssl configure" ./configure --prefix="$1" CFLAGS="$wolfssl_cflags" \
		$wolfssl_options $(wolfssl_options_here)
	run "wolfssl make" make -j "$(nproc)"
	run "wolfssl install" make install
}

build_ngtcp2()
{
	[ -e "$DEPS/cache/$ngtcp2_tar" ] || fetch_debian_source ngtcp2 --tar-only
	check_sum "$DEPS/cache/$ngtcp2_tar" "$ngtcp2_tar_sha256" ngtcp2
	mkdir -p "$DEPS/tmp/ngtcp2"
	tar -C "$DEPS/tmp/ngtcp2" --strip-components=1 -xf "$DEPS/cache/$ngtcp2_tar"
	cd "$DEPS/tmp/ngtcp2"
	# Its check for QUIC links a program, which lacks the clock that only our library brings.
	run "ngtcp2 configure" env PKG_CONFIG_PATH="$1/lib/pkgconfig" WOLFSSL_CFLAGS="-I$1/include" \
		WOLFSSL_LIBS="-L$1/lib -lwolfssl -lm -Wl,--defsym=LowResTimer=0,--defsym=TimeNowInMilliseconds=0" \
		./configure --prefix="$1" --enable-lib-only --with-wolfssl --without-openssl \
		--enable-static --disable-shared --with-pic CFLAGS="-O2 -g -fPIC"
	run "ngtcp2 make" make -j "$(nproc)"
	run "ngtcp2 install" make install
	[ -e "$1/lib/libngtcp2_crypto_wolfssl.a" ] ||
		die "ngtcp2 was built without its wolfSSL helper." "The log is build/deps/log/ngtcp2-configure.log."
}

build_deps()
{
	local hash
	choose_wolfssl
	hash=$(recipe_hash)
	say "setup: wolfSSL $wolfssl_version ($wolfssl_reason), ngtcp2 1.11.0"
	if [ ! -e "$DEPS/$hash/ready" ]; then
		say "setup: building them into build/deps/$hash (about a minute)"
		rm -rf "$DEPS/tmp" "${DEPS:?}/$hash"
		mkdir -p "$DEPS/tmp" "$DEPS/cache"
		(build_wolfssl "$DEPS/$hash")
		(build_ngtcp2 "$DEPS/$hash")
		rm -rf "$DEPS/tmp"
		touch "$DEPS/$hash/ready"
	fi
	ln -sfn "$hash" "$DEPS/current"
}
