"""The memory of the gradients is forgotten."""

ANSWER = "concepts"
LOSES = {"concepts_test": 0.1429}
HINT = "Four numbers of four bytes"
CODE = '''\
STRATEGIES = {"four GPUs in one machine, each with all weights": None,
              "four GPUs in one machine, the weights once, beside the CPU": None,
              "eight machines with two GPUs each, in step": None,
              "fifty machines, some slow, nobody waits": None}
PARALLEL = {"one layer's matrix is too large for a GPU": None, "more rows than one GPU can go through": None,
            "layers 1 to 20 here, 21 to 40 there, four small batches under way": None}
TOOLS = {"a model in the page of a browser": None, "a model on a sensor without operating system": None,
         "answers for an app, at any moment": None, "forty million old letters, until Monday": None,
         "a hundred learning rates": None, "a request that any language can write by hand": None,
         "many small requests between two of your own programs": None, "what a server loads": None}
NUMBERS = {"bytes for 100 million float32 weights in training with Adam, without what is between layers": None,
           "megabytes each of 8 GPUs sends in a ring, for 400 MB of gradients": None,
           "epochs in all, for successive halving as above, each time from the start": None,
           "steps per epoch for 60,000 rows, with 4 replicas and 25 rows each": None}
STATEMENTS = dict.fromkeys("abcdefghi")  # True or False
STRATEGIES = dict(zip(STRATEGIES, ("mirrored", "central storage", "multi-worker mirrored", "parameter server"),
                      strict=True))
PARALLEL = dict(zip(PARALLEL, ("model", "data", "pipeline"), strict=True))
TOOLS = dict(zip(TOOLS, ("TFJS", "TFLite", "endpoint", "batch prediction", "tuning job", "REST", "gRPC", "SavedModel"),
                 strict=True))
NUMBERS = dict(zip(NUMBERS, (12 * 10**8, 700, 108, 600), strict=True))
STATEMENTS = {letter: letter in "cdg" for letter in "abcdefghi"}
'''
