#!/bin/sh
# Starts a Slurm of one node on this machine, for trying out and for the tests; ends with the one who started it.
#   sh deploy/slurm/one_node.sh FOLDER     settings, keys and logs go into FOLDER, which is new and has a short path
# It prints "ready" when jobs can be given to it: SLURM_CONF=FOLDER/slurm.conf sbatch ...
# Needs Debian's packages slurmctld, slurmd, slurm-client and munge. For a real cluster ask its operators: nothing here
# keeps accounts, counts control groups or survives a restart.
set -eu
PATH=$PATH:/usr/sbin
folder=$(mkdir -p "$1" && cd "$1" && pwd)
cores=$(env -u OMP_NUM_THREADS nproc) # which would say fewer than there are
memory=$(awk '/^MemTotal/ { print int($2 / 1024 * 0.9) }' /proc/meminfo)
# Two ports that are free now: the controller's and the node's.
ports=$(python3 -c 'import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(one.getsockname()[1] for one in held))')

umask 077
head -c 128 /dev/urandom > "$folder/munge.key"
mkdir -p "$folder/state" "$folder/spool"
cat > "$folder/slurm.conf" << END
ClusterName=trial
SlurmctldHost=$(hostname)(127.0.0.1)
SlurmctldPort=${ports% *}
SlurmdPort=${ports#* }
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/pgid
KillWait=10
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
MpiDefault=none
ReturnToService=2
NodeName=$(hostname) NodeAddr=127.0.0.1 CPUs=$cores RealMemory=$memory State=UNKNOWN
PartitionName=grading Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
echo 'IgnoreSystemd=yes' > "$folder/cgroup.conf" # a node that is no service of systemd
export SLURM_CONF="$folder/slurm.conf"

munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
	--pid-file="$folder/munge.pid" --seed-file="$folder/munge.seed" > "$folder/munge.log" 2>&1 &
munged=$!
# Jobs end first, with half a minute for their last words: Slurm would leave them running without its daemons.
stop() {
	trap - EXIT INT TERM
	scancel --me 2> /dev/null || true
	for _ in $(seq 40); do
		[ -n "$(squeue --noheader 2> /dev/null)" ] || break
		sleep 1
	done
	kill ${controller-} ${node-} 2> /dev/null || true
	wait ${controller-} ${node-} || true
	kill $munged 2> /dev/null || true
}
trap stop EXIT
trap 'exit 0' INT TERM
until [ -S "$folder/munge.socket" ]; do
	kill -0 $munged || { cat "$folder/munge.log" >&2; exit 1; }
	sleep 0.1
done
slurmctld -D -c > /dev/null 2>&1 &
controller=$!
slurmd -D > /dev/null 2>&1 &
node=$!
until [ "$(sinfo --noheader --format=%T 2> /dev/null)" = idle ]; do
	kill -0 $controller $node || { tail "$folder/slurmctld.log" "$folder/slurmd.log" >&2; exit 1; }
	tries=$((${tries:-0} + 1))
	[ $tries -lt 300 ] || { sinfo --long --Node >&2; exit 1; }
	sleep 0.2
done
echo ready
wait
