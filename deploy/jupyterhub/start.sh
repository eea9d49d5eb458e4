#!/bin/sh
# Sets up a hub for this course on this machine, as far as it is not there yet, and starts it: `make hub`.
# For trying out: everybody's password stands in a file that only root can read. As root, on Debian or Ubuntu.
#   HUB=/srv/graders      where everything goes; it has to be readable by all accounts
#   PORT=8000             of the hub; the next ones are used too
#   CHAPTERS="ch04"       what is released to students
#   INSTRUCTORS, STUDENTS the names of accounts, made if they are missing
set -eu
cd "$(dirname "$0")/../.."
HUB=${HUB:-/srv/graders}
PORT=${PORT:-8000}
CHAPTERS=${CHAPTERS:-ch04}
INSTRUCTORS=${INSTRUCTORS:-instructor}
STUDENTS=${STUDENTS:-ada bob}
PYTHON=${PYTHON:-/usr/bin/python3}

say() { printf '%s\n' "$*"; }

if [ "$(id -u)" != 0 ]; then
	say 'A hub starts servers under the accounts of others, so only root can try it: sudo make hub' >&2
	exit 2
fi

for port in "$PORT" $((PORT + 1)) $((PORT + 2)) $((PORT + 10)) $((PORT + 11)); do # as in jupyterhub_config.py
	if ! "$PYTHON" -c "import socket; socket.create_server(('127.0.0.1', $port))" 2> /dev/null; then
		say "Port $port is taken. End what listens there (ss -ltnp 'sport = :$port'), or: make hub PORT=9000" >&2
		exit 2
	fi
done

# -- programs -----------------------------------------------------------------------------------------

missing=''
command -v npm > /dev/null || missing="$missing nodejs npm"
"$PYTHON" -c 'import ensurepip, venv' 2> /dev/null || missing="$missing python3-venv"
if [ -n "$missing" ]; then
	say "Installing$missing"
	apt-get -qq update
	# shellcheck disable=SC2086 # several packages
	DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing > /dev/null
fi

umask 022
mkdir -p "$HUB"
locked=$(cat requirements.lock deploy/jupyterhub/package-lock.json | cksum | cut -d' ' -f1)
if [ ! -e "$HUB/.locked-$locked" ]; then
	say "Installing the locked packages into $HUB (a few minutes)"
	"$PYTHON" -m venv --clear "$HUB/env"
	"$HUB/env/bin/python" -m pip --disable-pip-version-check install -qq --require-hashes -r requirements.lock
	mkdir -p "$HUB/proxy"
	cp deploy/jupyterhub/package.json deploy/jupyterhub/package-lock.json "$HUB/proxy"
	(cd "$HUB/proxy" && npm ci --silent --no-audit --no-fund)
	rm -f "$HUB"/.locked-*
	touch "$HUB/.locked-$locked"
fi
# Copied, not linked: students must not be able to read this folder, which has the hidden tests.
"$HUB/env/bin/python" -m pip --disable-pip-version-check install -qq --no-deps --no-build-isolation --force-reinstall .
rm -rf "$HUB/config"
cp -r deploy/jupyterhub "$HUB/config"
run="$HUB/env/bin/python"

# -- accounts and folders -----------------------------------------------------------------------------

course=$("$run" -c 'from pathlib import Path; from graders.course import load_course as l; print(l(Path()).id)')
exchange=$("$run" -c 'from pathlib import Path; from graders.course import load_course as l; print(l(Path()).hub.exchange)')
grader="grader-$course"
for name in "$grader" $INSTRUCTORS $STUDENTS; do
	id "$name" > /dev/null 2>&1 || useradd --create-home --shell /bin/bash "$name"
	chmod 700 "$(getent passwd "$name" | cut -d: -f6)"
done
folder="$(getent passwd "$grader" | cut -d: -f6)/course"
mkdir -p "$exchange"
chmod 1777 "$exchange"
if [ ! -d "$folder" ]; then
	say "Copying the course to $folder"
	mkdir -p "$folder"
	cp -r source release course_config.py nbgrader_config.py "$folder"
	chown -R "$grader:" "$folder"
fi

for chapter in $CHAPTERS; do
	name=$(cd release && ls -d "$chapter"* | head -n 1)
	if [ ! -d "$exchange/$course/outbound/$name" ]; then
		say "Releasing $name to students"
		setpriv --reuid="$grader" --regid="$grader" --init-groups env HOME="${folder%/course}" \
			sh -c "cd '$folder' && '$run' -m nbgrader release_assignment '$name' --log-level=WARN"
	fi
done

# -- settings -----------------------------------------------------------------------------------------

quoted() { printf '"%s", ' "$@"; }

mkdir -p "$HUB/hub"
chmod 700 "$HUB/hub"
settings="$HUB/hub/hub.toml"
if [ ! -e "$settings" ]; then
	{
		printf '[hub]\nport = %s\nexchange = "%s"\npython = "%s"\n' "$PORT" "$exchange" "$run"
		printf 'proxy = "%s"\n\n[passwords]\n' "$HUB/proxy/node_modules/.bin/configurable-http-proxy"
		for name in $INSTRUCTORS $STUDENTS; do
			printf '%s = "%s"\n' "$name" "$("$run" -c 'import secrets; print(secrets.token_urlsafe(9))')"
		done
		printf '\n[courses.%s]\naccount = "%s"\nfolder = "%s"\n' "$course" "$grader" "$folder"
		# shellcheck disable=SC2086 # lists of names
		printf 'instructors = [%s]\nstudents = [%s]\n' "$(quoted $INSTRUCTORS)" "$(quoted $STUDENTS)"
	} > "$settings"
fi
say "Names and passwords are in $settings. The hub is at http://127.0.0.1:$PORT; Ctrl-C ends it."
cd "$HUB/hub"
exec env GRADERS_HUB="$settings" OMP_NUM_THREADS=1 "$run" -m jupyterhub -f "$HUB/config/jupyterhub_config.py"
