# SPDX-License-Identifier: GPL-3.0-or-later
# The compressor of self-encryption: libbrotli 1.0.9's encoder from its packaged source with our
# edits (brotli-edit.py), so that a file's chunks get the addresses that Autonomi's own client gives
# them. Static and position-independent, in a prefix of its own, build/deps/brotli; its functions
# are called an_Brotli..., so that it never meets the system's libbrotli, which decodes.
# Source it after common.sh, packages.sh and deps.sh.

brotli_sdist=Brotli-1.0.9.zip # from PyPI
brotli_sdist_sha256=4d1b810aa0ed773f81dceda2cc7b403d01057458730e309856356d4ef4188438
brotli_tar=brotli_1.0.9.orig.tar.gz # from Debian 12's source package
brotli_tar_sha256=f9e8d81d0405ba66d181529af42a3354f838c939095ff99930da6aa9cdf6fe46
brotli_suite=bookworm

# Fused multiply-adds would change the 32-bit float results, and so the bytes.
brotli_cflags="-O2 -g -fPIC -fvisibility=hidden -ffp-contract=off"
brotli_functions="CreateInstance SetParameter CompressStream HasMoreOutput DestroyInstance"

brotli_hash()
{
	{
		cat "$ROOT/scripts/lib/brotli.sh" "$ROOT/scripts/lib/brotli-edit.py"
		printf "%s\n" "$ROOT" "$(uname -m)" "$(${CC:-cc} --version | head -n 1)"
	} | sha256sum | cut -c 1-16
}

brotli_from_debian()
{
	mkdir -p "$DEPS/brotli-source/cache"
	(DEPS=$DEPS/brotli-source source_suite=$brotli_suite fetch_debian_source brotli --tar-only) &&
		cp "$DEPS/brotli-source/cache/$brotli_tar" "$DEPS/cache/"
}

brotli_from_pypi()
{
	printf 'brotli==1.0.9 --hash=sha256:%s\n' "$brotli_sdist_sha256" >"$DEPS/cache/brotli.txt"
	python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
		--require-hashes -r "$DEPS/cache/brotli.txt" -d "$DEPS/cache" >"$DEPS/log/brotli-pip.log" 2>&1
}

# Leaves the source in $1, whose folder c/ has enc/, common/ and include/.
unpack_brotli()
{
	mkdir -p "$DEPS/cache" "$DEPS/log"
	if [ ! -e "$DEPS/cache/$brotli_sdist" ] && [ ! -e "$DEPS/cache/$brotli_tar" ]; then
		brotli_from_pypi || brotli_from_debian ||
			die "libbrotli 1.0.9's source cannot be had, neither from PyPI nor from Debian's archive." \
				"Without it, use the system's encoder: meson configure -Dencoder=stock."
	fi
	if [ -e "$DEPS/cache/$brotli_sdist" ]; then
		check_sum "$DEPS/cache/$brotli_sdist" "$brotli_sdist_sha256" brotli
		python3 -m zipfile -e "$DEPS/cache/$brotli_sdist" "$1"
		mv "$1"/Brotli-1.0.9/* "$1/"
	else
		check_sum "$DEPS/cache/$brotli_tar" "$brotli_tar_sha256" brotli
		tar -C "$1" --strip-components=1 -xf "$DEPS/cache/$brotli_tar"
	fi
}

# One object in which only the functions that we call are visible, under names of our own.
compile_brotli()
{
	local function objects=
	cd "$1/c"
	for function in enc/*.c common/*.c; do
		${CC:-cc} $brotli_cflags -Iinclude -c "$function" -o "$(basename "$function" .c).o"
		objects="$objects $(basename "$function" .c).o"
	done
	# shellcheck disable=SC2086
	ld -r -o brotli.o $objects
	for function in $brotli_functions; do
		say "BrotliEncoder$function"
	done >names
	objcopy --keep-global-symbols=names brotli.o
	sed 's/.*/& an_&/' names >renamed
	objcopy --redefine-syms=renamed brotli.o
	ar rcs libautonomi-brotlienc.a brotli.o
}

install_brotli()
{
	local function
	mkdir -p "$2/lib/pkgconfig" "$2/include/autonomi-brotli"
	cp "$1/c/libautonomi-brotlienc.a" "$2/lib/"
	cp "$1/LICENSE" "$2/"
	cp -r "$1/c/include/brotli" "$2/include/autonomi-brotli/"
	{
		say "/* The encoder of build/deps/brotli, under its own names. */"
		for function in $brotli_functions; do
			say "#define BrotliEncoder$function an_BrotliEncoder$function"
		done
		say '#include "brotli/encode.h"'
	} >"$2/include/autonomi-brotli/encode.h"
	cat >"$2/lib/pkgconfig/autonomi-brotlienc.pc" <<-end
		prefix=$2
		libdir=\${prefix}/lib
		Name: autonomi-brotlienc
		Description: libbrotli 1.0.9's encoder with the edits of libautonomi-net
		Version: 1.0.9
		Cflags: -I\${prefix}/include
		Libs: -L\${libdir} -lautonomi-brotlienc -lm
	end
}

build_brotli()
{
	local hash
	hash=brotli-$(brotli_hash)
	if [ ! -e "$DEPS/$hash/ready" ]; then
		say "setup: building brotli's encoder into build/deps/$hash"
		rm -rf "$DEPS/tmp-brotli" "${DEPS:?}/$hash"
		mkdir -p "$DEPS/tmp-brotli"
		unpack_brotli "$DEPS/tmp-brotli"
		run "brotli edit" python3 "$ROOT/scripts/lib/brotli-edit.py" "$DEPS/tmp-brotli/c"
		(run "brotli compile" compile_brotli "$DEPS/tmp-brotli")
		install_brotli "$DEPS/tmp-brotli" "$DEPS/$hash"
		rm -rf "$DEPS/tmp-brotli"
		touch "$DEPS/$hash/ready"
	fi
	ln -sfn "$hash" "$DEPS/brotli"
}
