# SPDX-License-Identifier: GPL-3.0-or-later
# blst (BLS12-381), which Debian 12 has no package of. Its complete source is part of the npm package
# c-kzg; two files of it are the whole library. Static, position-independent, into the prefix that
# scripts/lib/deps.sh made. Source it after deps.sh.

blst_package=c-kzg@4.1.0
blst_tar=c-kzg-4.1.0.tgz
blst_tar_sha256=c56d9ed6aaa17bafa95c337c28837c68d2e54dabd76d91a185e2600a26480965
blst_version=0.3 # of the library: the archive does not say more

# PORTABLE: the processor's faster multiplication is chosen when the program runs, not here.
blst_cflags="-O2 -g -fPIC -fvisibility=hidden -D__BLST_PORTABLE__"

fetch_blst()
{
	[ ! -e "$DEPS/cache/$blst_tar" ] || return 0
	command -v npm >/dev/null ||
		die "blst's source comes in the npm package $blst_package, and this machine has no npm." \
			"Install it (Debian: apt-get install npm), or put $blst_tar into build/deps/cache, then run this again."
	mkdir -p "$DEPS/cache"
	hint="Can npm reach its registry? Otherwise put $blst_tar into build/deps/cache." \
		run "fetching blst" npm pack --pack-destination "$DEPS/cache" "$blst_package"
}

# Where nobody has it already, as blst's own packages call it: libblst.
write_blst_pc()
{
	mkdir -p "$1/lib/pkgconfig"
	cat >"$1/lib/pkgconfig/libblst.pc" <<-END
		prefix=$1
		libdir=\${prefix}/lib
		includedir=\${prefix}/include

		Name: blst
		Description: BLS12-381 signatures
		Version: $blst_version
		Libs: -L\${libdir} -lblst
		Cflags: -I\${includedir}
	END
}

# build_blst PREFIX
build_blst()
{
	local tmp=$DEPS/tmp-blst
	fetch_blst
	check_sum "$DEPS/cache/$blst_tar" "$blst_tar_sha256" "$blst_package"
	rm -rf "$tmp"
	mkdir -p "$tmp" "$1/include" "$1/lib"
	tar -C "$tmp" --strip-components=3 -xf "$DEPS/cache/$blst_tar" package/deps/blst
	cd "$tmp"
	# shellcheck disable=SC2086
	run "compiling blst" ${CC:-cc} $blst_cflags -c src/server.c -o server.o
	# shellcheck disable=SC2086
	run "assembling blst" ${CC:-cc} $blst_cflags -c build/assembly.S -o assembly.o
	rm -f "$1/lib/libblst.a"
	run "archiving blst" ar rcs "$1/lib/libblst.a" server.o assembly.o
	cp bindings/blst.h bindings/blst_aux.h "$1/include/"
	write_blst_pc "$1"
	rm -rf "$tmp"
}

# Once for each state of this file: changing blst does not build wolfSSL again.
add_blst()
{
	local prefix stamp
	prefix=$(readlink -f "$DEPS/current")
	stamp=$prefix/blst-$(sha256sum <"$ROOT/scripts/lib/blst.sh" | cut -c 1-16)
	say "setup: blst $blst_version"
	[ ! -e "$stamp" ] || return 0
	(build_blst "$prefix")
	rm -f "$prefix"/blst-*
	touch "$stamp"
}
