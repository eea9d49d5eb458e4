#!/bin/sh
# Make a base image where no registry can be reached, from Debian's packages or from nothing at all.
#
#   sh deploy/containers/base.sh IMAGE            Debian 12 with Python, made by debootstrap (as root)
#   sh deploy/containers/base.sh --empty IMAGE    folders only: for host_python=True, which mounts the rest
#
# PROGRAM=docker uses docker in place of podman.
set -eu
PROGRAM=${PROGRAM:-podman}
PACKAGES=python3,python3-venv,ca-certificates,libseccomp2

empty=''
if [ "${1:-}" = --empty ]; then empty=yes; shift; fi
image=${1:?Name the image to make.}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if [ -z "$empty" ]; then
	debootstrap --variant=minbase --include="$PACKAGES" bookworm "$folder" ${MIRROR:+"$MIRROR"} > /dev/null
	rm -rf "$folder"/var/cache/apt/archives/*.deb "$folder"/var/lib/apt/lists/*
else
	mkdir -p "$folder/usr" "$folder/etc" "$folder/tmp" "$folder/proc" "$folder/sys" "$folder/dev" "$folder/var"
	for name in bin sbin lib lib32 lib64; do ln -s "usr/$name" "$folder/$name"; done
fi
mkdir -p "$folder/home/student" "$folder/run/graders" "$folder/root"
chmod 755 "$folder" "$folder/root" # Python may be mounted below it
chmod 1777 "$folder/tmp"
tar -C "$folder" --numeric-owner --owner=0 --group=0 --mtime=2020-01-01 --sort=name -c . | "$PROGRAM" import -q - "$image"
