#!/bin/bash
# Ceph with its S3 interface on loopback: a monitor, a store of objects in memory, and radosgw.
#
#     ceph.sh FOLDER PORT USER SECRET
set -e
# A shell does not end by SIGQUIT unless it is told to, and what it started goes on.
trap 'kill -KILL $(jobs -p)' EXIT
trap exit QUIT TERM
folder=$1 port=$2 user=$3 secret=$4
mkdir -p "$folder"/{mon,osd,rgw}
monitor=v1:127.0.0.1:$((port < 65000 ? port + 1 : port - 1))
cluster=$(cat /proc/sys/kernel/random/uuid)
cat > "$folder/ceph.conf" <<END
[global]
fsid = $cluster
mon host = $monitor
ms bind msgr2 = false
public network = 127.0.0.0/8
auth cluster required = none
auth service required = none
auth client required = none
mon allow pool size one = true
mon data avail crit = 1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 1073741824
run dir = $folder
admin socket = $folder/\$name.asok
pid file = $folder/\$name.pid
log file = $folder/\$name.log
keyring = $folder/keyring
mon data = $folder/mon
osd data = $folder/osd
rgw data = $folder/rgw
rgw frontends = beast endpoint=127.0.0.1:$port
END
export CEPH_CONF=$folder/ceph.conf
ceph-authtool --create-keyring "$folder/keyring" --gen-key -n mon. --cap mon 'allow *'
ceph-authtool "$folder/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
monmaptool --create --fsid "$cluster" --addv a "$monitor" "$folder/monmap"
ceph-mon --mkfs -i a --monmap "$folder/monmap" --keyring "$folder/keyring"
ceph-mon -f -i a &
disk=$(cat /proc/sys/kernel/random/uuid)
ceph osd new "$disk" 0
ceph-osd -i 0 --mkfs --osd-uuid "$disk"
ceph-osd -f -i 0 &
radosgw-admin user create --uid tests --display-name tests --access-key "$user" --secret "$secret"
radosgw -f -n client.rgw &
wait
