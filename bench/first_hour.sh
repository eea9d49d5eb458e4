#!/bin/sh
# A newcomer's first hour, timed: a Debian with python3, make and git and nothing else, a clone of this checkout, and two
# commands. As root, with debootstrap and a network; it takes about 8 GB.
#   sh bench/first_hour.sh FOLDER          all of it, into a folder that is new
#   sh bench/first_hour.sh FOLDER STEP     one of: debian, clone, setup, demo
#   SUITE=bookworm                         which Debian
#   BIND="/srv/packages"                   folders of this machine that are seen there too, read-only, such as a copy of an index
# Variables of pip (PIP_...) and this machine's certificates are passed on; everything else is Debian's.
set -eu
folder=$(mkdir -p "$1" && cd "$1" && pwd)
step=${2:-all}
suite=${SUITE:-bookworm}
bind=${BIND:-}
debian=$folder/debian
times=$folder/times

debian() {
	debootstrap --variant=minbase --include=python3,make,git,ca-certificates "$suite" "$debian" > "$folder/debootstrap.log"
	cp /etc/resolv.conf "$debian/etc/resolv.conf"
	cp /etc/ssl/certs/ca-certificates.crt "$debian/etc/ssl/certs/ca-certificates.crt"
	! [ -e /etc/apt/apt.conf.d ] || grep -rhi '^ *Acquire::http' /etc/apt/apt.conf.d > "$debian/etc/apt/apt.conf.d/99here" || true
}

clone() {
	git clone --quiet --no-hardlinks "$(git rev-parse --show-toplevel)" "$debian/root/course"
}

# Run a command in the Debian. Its root is changed by pivot_root: inside a chroot the kernel makes no user namespaces.
inside() {
	for place in $bind; do mkdir -p "$debian$place"; done
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb DEBIAN="$debian" BIND="$bind" COMMAND="$1" \
		$(env | grep '^PIP_[A-Z_]*=[^ ]*$') unshare --mount --pid --fork sh -eu -c '
		mount --make-rprivate /
		mount --bind "$DEBIAN" "$DEBIAN"
		mount -t proc proc "$DEBIAN/proc"
		mount --rbind /dev "$DEBIAN/dev"
		mount --rbind /sys "$DEBIAN/sys"
		for place in $BIND; do mount --bind -o ro "$place" "$DEBIAN$place"; done
		cd "$DEBIAN" && mkdir -p before && pivot_root . before && umount -l /before && cd /root/course
		exec sh -c "$COMMAND"'
}

timed() {
	began=$(date +%s)
	inside "$2"
	echo "$1: $(($(date +%s) - began)) s" | tee -a "$times"
}

case $step in
debian | clone) "$step" ;;
setup) timed 'make setup' 'make setup' ;;
demo) timed 'make demo' 'make demo' ;;
all) debian && clone && timed 'make setup' 'make setup' && timed 'make demo' 'make demo' ;;
*) echo "There is no step $step: debian, clone, setup, demo" >&2 && exit 2 ;;
esac
