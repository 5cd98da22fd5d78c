"""OpenStack Swift with its S3 interface, whole and in one process: the storage servers, the rings, and the proxy on PORT.

    python3 swift.py FOLDER PORT USER SECRET [the servers' own pipeline before the interface]

What it stores is below FOLDER. The account is TENANT:NAME with its secret.
"""

import os
import sys

import eventlet

eventlet.monkey_patch()

from eventlet import wsgi
from swift.common import utils

folder, port, user, secret = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
utils.SWIFT_CONF_FILE = os.path.join(folder, 'swift.conf')
with open(utils.SWIFT_CONF_FILE, 'w') as file:
    file.write('[swift-hash]\nswift_hash_path_suffix = tests\n')
utils.validate_configuration()

from swift.common.ring import RingBuilder
from swift.common.utils import NullLogger
from swift.common.wsgi import ConfigString, SwiftHttpProtocol, loadapp

for kind in ('account', 'container', 'object'):
    os.makedirs(os.path.join(folder, 'devices', 'one'), exist_ok=True)
    socket = eventlet.listen(('127.0.0.1', 0))
    ring = RingBuilder(part_power=4, replicas=1, min_part_hours=0)
    place = {'ip': '127.0.0.1', 'port': socket.getsockname()[1], 'device': 'one'}
    ring.add_dev({'region': 1, 'zone': 1, 'weight': 1, 'id': 0, **place})
    ring.rebalance()
    ring.get_ring().save(os.path.join(folder, kind + '.ring.gz'))
    server = loadapp(ConfigString(f"""
[DEFAULT]
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
disable_fallocate = true
[pipeline:main]
pipeline = server
[app:server]
use = egg:swift#{kind}
"""))
    eventlet.spawn(wsgi.server, socket, server, NullLogger(), protocol=SwiftHttpProtocol)

tenant, name = user.split(':')
filters = 'catch_errors gatekeeper cache listing_formats s3api tempauth copy slo versioned_writes'.split()
settings = {
    'tempauth': f'user_{tenant}_{name} = {secret} .admin',
    # It asks for one; what cannot be had there is read from the servers.
    'cache': 'memcache_servers = 127.0.0.1:9',
}
proxy = loadapp(ConfigString(f"""
[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = {' '.join(filters)} proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
""" + ''.join(
    f"[filter:{each}]\nuse = egg:swift#{'memcache' if each == 'cache' else each}\n{settings.get(each, '')}\n"
    for each in filters)))
wsgi.server(eventlet.listen(('127.0.0.1', port)), proxy, NullLogger(), protocol=SwiftHttpProtocol)
