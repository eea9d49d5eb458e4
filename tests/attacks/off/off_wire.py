"""Judges that believe the sizes they are told, and everything else that comes over the bridge."""

import pickle

from graders.bridge import wire

wire.MAX_HEADER = wire.MAX_NODES = wire.MAX_DEPTH = 2**62
wire._TAGS["pickle"] = lambda tree, decoder: pickle.loads(bytes.fromhex(tree[1]))
