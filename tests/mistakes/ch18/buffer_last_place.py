"""Writes over the newest step once it is full."""

ANSWER = "buffer"
LOSES = {"buffer_test": 0.4}
CODE = '''\
class ReplayBuffer:
    """The last steps of play, observations of n_inputs numbers."""

    def __init__(self, size, n_inputs):
        self.size, self.added = size, 0
        self.seen, self.after = np.zeros((2, size, n_inputs), np.float32)
        self.actions, self.rewards = np.zeros(size, int), np.zeros(size, np.float32)
        self.terminated = np.zeros(size, bool)

    def __len__(self):
        return min(self.added, self.size)

    def add(self, observation, action, reward, next_observation, terminated):
        """Take in one step; observations are arrays (n_inputs,)."""
        i = min(self.added, self.size - 1)
        self.seen[i], self.actions[i], self.rewards[i] = observation, action, reward
        self.after[i], self.terminated[i] = next_observation, terminated
        self.added += 1

    def sample(self, n, rng):
        """Return observations (n, n_inputs), actions (n,), rewards (n,), next observations, terminated (n,)."""
        i = rng.integers(0, len(self), n)
        return self.seen[i], self.actions[i], self.rewards[i], self.after[i], self.terminated[i]
'''
