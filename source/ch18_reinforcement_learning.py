# %% [markdown]
# # 18. Reinforcement learning
#
# Nobody tells the learner what would have been right. It tries something, is rewarded or not, often much later, and
# has to find out by itself which of its many actions was to thank or to blame. In this chapter you play by a rule
# written by hand, plan where all rules of the game are known, learn by trial and error where they are not, and train
# two networks: one that says what to do (a *policy*), and one that says what doing it would be worth (a *DQN*).
#
# The games are small and our own, but for two from Gymnasium, the library that fixes what an environment looks like.
# Networks and losses are written with Keras and `keras.ops` and run on any backend. At the end it says what changes
# at full size.
#
# Write your code where it says `YOUR CODE HERE` and delete the line that raises `NotImplementedError`. The
# cells with checks tell you how far you are; run them as often as you like.

# %% given="setup"
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # keeps TensorFlow's start-up notes out of the notebook

import gymnasium as gym
import keras
import matplotlib.pyplot as plt
import numpy as np

from graders import check, datasets

# %% [markdown]
# ## Exercise 1 — An agent and its environment
#
# An *agent* observes its *environment*, acts, and gets a *reward*, a number. What maps observations to actions is its
# *policy*. One game from start to end is an *episode*, and the sum of its rewards the *return*. That return is all the
# agent is after: reward what you want, not how you think it is done. This fits a bot in a game, a robot, a
# thermostat, a shop that chooses what to show next.
#
# In Gymnasium every environment has two methods:
#
# ```
# observation, info = env.reset(seed=1)
# observation, reward, terminated, truncated, info = env.step(action)
# ```
#
# `terminated` says that the game is over: nothing can be won or lost any more. `truncated` says that somebody stopped
# watching, such as after 500 steps: the game would have gone on. You will see that this makes a difference. Either
# way the episode is over, and only `reset` may follow. `env.action_space` and `env.observation_space` say what
# actions and observations look like.
#
# In `CartPole-v1` a pole stands on a cart, which is pushed to the left (0) or to the right (1). The observation is
# position, speed, angle (positive: leans to the right), angular speed. Each step is worth 1; the game is over if the
# pole leans too far or the cart leaves, and is cut off after 500 steps.
#
# **Task.**
#
# - `play(env, policy, seed, max_steps)` plays one episode. `policy(observation)` returns an action. Return a dict with
#   the arrays `observations` (what was seen *before* each action), `actions`, `rewards`, and `end`: `"terminated"`,
#   `"truncated"`, or `"running"` if `max_steps` came first.
# - `lean_rule(observations)` is the simplest rule: push to the side to which the pole leans, to the right at angle 0.
#   It gets an array (rows, 4) and returns an array (rows,) of actions, since the judge plays many games side by side.
# - `balance(observations)` is your own rule, without any training. Can you get all 500 steps? A push that waits
#   until the pole leans comes too late: how fast it falls counts too.
# <!-- covers: 18.1 18.2 18.N1 18.N2 -->

# %% answer="play"
def play(env, policy, seed, max_steps=500):
    """Return a dict: observations (steps, ...), actions (steps,), rewards (steps,), arrays, and end, a str."""
    ### BEGIN SOLUTION
    seen, _ = env.reset(seed=seed)
    observations, actions, rewards, end = [], [], [], "running"
    while end == "running" and len(rewards) < max_steps:
        action = policy(seen)
        observations.append(seen)
        actions.append(action)
        seen, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        end = "terminated" if terminated else "truncated" if truncated else "running"
    parts = {"observations": observations, "actions": actions, "rewards": rewards}
    return {**{name: np.array(values) for name, values in parts.items()}, "end": end}
    ### END SOLUTION

# %% answer="rules"
def lean_rule(observations):
    """Return actions (rows,), 0 or 1, for observations (rows, 4): push to the side of the angle."""
    ### BEGIN SOLUTION
    return (observations[:, 2] >= 0).astype(int)
    ### END SOLUTION


def balance(observations):
    """Return actions (rows,), 0 or 1, for observations (rows, 4), so that the pole stays up."""
    ### BEGIN SOLUTION
    wanted = observations @ np.array([0.1, 0.2, 1.0, 0.4])
    return (wanted >= 0).astype(int)
    ### END SOLUTION

# %% given="cartpole"
def make_cartpole(steps=500):
    """Return CartPole, cut off after so many steps."""
    return gym.make("CartPole-v1", max_episode_steps=steps)

# %% given="play_demo"
def played(policy, seed, max_steps=500, env_steps=500):
    """Return your record of one game of CartPole that is cut off after env_steps."""
    return play(make_cartpole(env_steps), policy, seed, max_steps)

# %% checks="play_test" points=1
always_right = played(lambda seen: 1, seed=3)
check.equal("Pushed to the right only, the pole falls after 10 steps", [len(always_right["rewards"]),
            always_right["end"]], [10, "terminated"], hint="env.step gives five things.")
check.shape("Observations are rows of four numbers", always_right["observations"], (10, 4))

### BEGIN HIDDEN TESTS
first_seed, asked_for = datasets.hidden_seed("ch18 play") % 10000, []


def by_fall(seen):
    asked_for.append(1)
    return int(seen[2] + 0.3 * seen[3] > 0)


def oracle(seed, steps, env_steps):
    env, rows = make_cartpole(env_steps), []
    seen, _ = env.reset(seed=seed)
    for _ in range(steps):
        action = int(seen[2] + 0.3 * seen[3] > 0)
        after, reward, terminated, truncated, _ = env.step(action)
        rows.append((seen, action, reward))
        seen = after
        if terminated or truncated:
            break
    return [np.array(part) for part in zip(*rows, strict=True)]


records = [played(by_fall, first_seed + i, 30, 500) for i in range(3)]
wanted = [oracle(first_seed + i, 30, 500) for i in range(3)]
short = played(by_fall, first_seed, 30, 12)
check.close("Observations are those before the action, and the seed decides where the game begins",
            [r["observations"] for r in records], [w[0] for w in wanted], atol=1e-6,
            hint="Append what was seen before you call env.step; pass seed to env.reset.")
check.close("Actions and rewards are kept in order", [[r["actions"], r["rewards"]] for r in records],
            [[w[1], w[2]] for w in wanted], atol=1e-6)
check.equal("It says how the episode ended", [records[0]["end"], short["end"], always_right["end"]],
            ["running", "truncated", "terminated"], hint="Three endings: over, cut off, still going.")
check.equal("After the end nothing is played any more, and the policy is asked once per step",
            [len(short["rewards"]), len(asked_for)], [12, 30 * 3 + 12],
            hint="A truncated episode is over too: stop, and call reset before the next step.")
### END HIDDEN TESTS

# %% checks="rules_test" points=1
check.equal("The rule follows the angle",
            np.asarray(lean_rule(np.array([[0, 0, -0.1, 5], [9, 9, 0.2, -5.0]]))).tolist(), [0, 1],
            hint="The angle is column 2.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch18 rules"))
rows_seen = rng.normal(0, 0.2, (60, 4))
rows_seen[7, 2] = 0.0
check.equal("The rule looks at nothing but the angle", np.asarray(lean_rule(rows_seen)).tolist(),
            (rows_seen[:, 2] >= 0).astype(int).tolist())
check.returns("Your rule keeps the pole up", balance, make_cartpole, at_least=475, partial=100, weight=2,
              seed=datasets.hidden_seed("ch18 poles") % 10**6,
              hint="Weigh angle and angular speed, and a bit of place.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — Markov chains, and decisions
#
# A *Markov chain* jumps from state to state at random and has no memory: $P_{ss'}$ is the probability to go from $s$
# to $s'$, whatever came before. After $t$ steps from a distribution $\mathbf d$ it is $\mathbf d P^t$. States that
# are never left are *ends*. The expected number of steps until an end, $n_s = 1 + \sum_{s'} P_{ss'} n_{s'}$ (and 0 in
# an end), is a system of linear equations.
#
# In a *Markov decision process* an agent chooses an action $a$ first: the transition has probability $P(s, a, s')$ and
# reward $R(s, a, s')$. Rewards in the far future count less: one in $t$ steps is multiplied by $\gamma^t$, the
# *discount*. With a policy $\pi(s, a)$, probabilities of actions, what a state is worth is again linear:
#
# $$V(s) = \sum_a \pi(s, a) \sum_{s'} P(s, a, s')\,[R(s, a, s') + \gamma V(s')]$$
#
# For the *best* policy, Bellman's equation has a maximum in it, so it is solved by repetition. Begin with
# $Q_0 = 0$, and *sweep*:
#
# $$Q_{k+1}(s, a) = \sum_{s'} P(s, a, s')\,[R(s, a, s') + \gamma \max_{a'} Q_k(s', a')]$$
#
# This *Q-value iteration* comes nearer to the true $Q^*$ by a factor $\gamma$ at least in each sweep, and the best
# action is the one with the largest $Q^*$. (*Value iteration* is the same with $V_k = \max_a Q_k$.)
#
# **Task.**
#
# - `after(P, start, steps)`: the distribution after so many steps. `steps_to_end(P)`: the expected number of steps for
#   each state. An end is a state with $P_{ss} = 1$; an end is reached from everywhere.
# - `policy_value(P, R, policy, gamma)`: exactly, with one call of `np.linalg.solve`.
# - `q_iteration(P, R, gamma, sweeps, allowed=None)`: `allowed` (states, actions) is False where an action is
#   forbidden: its value is `-np.inf`, and no maximum may take it. Every state has an allowed action. All of a sweep
#   uses the values of the sweep before. It is timed, so no loops over states; and mind that $0 \cdot \infty$ is NaN.
# <!-- covers: 18.N7 18.N8 -->

# %% answer="chain"
def after(P, start, steps):
    """Return the distribution (states,) after steps, for transitions P (states, states) and start (states,)."""
    ### BEGIN SOLUTION
    return start @ np.linalg.matrix_power(P, steps)
    ### END SOLUTION


def steps_to_end(P):
    """Return the expected numbers of steps (states,) until an end is reached, for P (states, states)."""
    ### BEGIN SOLUTION
    going = np.diag(P) < 1
    found = np.zeros(len(P))
    inner = P[np.ix_(going, going)]
    found[going] = np.linalg.solve(np.eye(len(inner)) - inner, np.ones(len(inner)))
    return found
    ### END SOLUTION

# %% checks="chain_test" points=1
coin = np.array([[0.5, 0.5], [0.0, 1.0]])  # from state 0, half of the steps lead to the end, state 1
check.close("After three steps, one in eight is still there", after(coin, np.array([1.0, 0.0]), 3), [0.125, 0.875])
check.close("It takes two steps on average", steps_to_end(coin), [2.0, 0.0])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch18 chain"))
T = rng.dirichlet(np.ones(6), 6)
T[2] = np.eye(6)[2]
T[5] = np.eye(6)[5]
d = rng.dirichlet(np.ones(6))
walked = d
for _ in range(7):
    walked = walked @ T
waiting = np.zeros(6)
for _ in range(3000):
    waiting = np.where(np.diag(T) == 1, 0.0, 1 + T @ waiting)
check.close("Distributions after none, one and several steps", [after(T, d, t) for t in (0, 1, 7)],
            [d, d @ T, walked], hint="A row of P belongs to where one comes from: start @ P.")
check.close("Expected steps, with more than one end", steps_to_end(T), waiting,
            hint="Leave out rows and columns of the ends; in an end no step is needed.")
### END HIDDEN TESTS

# %% answer="plan"
def policy_value(P, R, policy, gamma):
    """Return V (states,) for P and R (states, actions, states) and policy (states, actions) of probabilities."""
    ### BEGIN SOLUTION
    rewards = (policy * (P * R).sum(axis=2)).sum(axis=1)
    steps = np.einsum("sa,sat->st", policy, P)
    return np.linalg.solve(np.eye(len(P)) - gamma * steps, rewards)
    ### END SOLUTION


def q_iteration(P, R, gamma, sweeps, allowed=None):
    """Return Q (states, actions) after so many sweeps from zero, -inf where an action is not allowed."""
    ### BEGIN SOLUTION
    forbidden = 0.0 if allowed is None else np.where(allowed, 0.0, -np.inf)
    rewards = (P * R).sum(axis=2)
    Q = np.zeros(rewards.shape) + forbidden
    for _ in range(sweeps):
        Q = rewards + gamma * (P @ Q.max(axis=1)) + forbidden
    return Q
    ### END SOLUTION

# %% given="machine"
# A machine: new, worn, broken. Running it (0) earns 4, 3 or nothing and wears it out; repairing it (1) costs 2.
P_machine = np.array([[[0.7, 0.3, 0], [1, 0, 0]], [[0, 0.6, 0.4], [1, 0, 0]], [[0, 0, 1], [1.0, 0, 0]]])
R_machine = np.array([[[4.0] * 3, [-2] * 3], [[3] * 3, [-2] * 3], [[0] * 3, [-2] * 3]])

# %% checks="plan_test" points=1
run_until_broken = np.array([[1.0, 0], [1, 0], [0, 1]])
check.close("After one sweep only the next reward counts", q_iteration(P_machine, R_machine, 0.9, 1),
            [[4, -2], [3, -2], [0, -2]])
check.close("What the machine is worth if it is repaired once broken",
            policy_value(P_machine, R_machine, run_until_broken, 0.9), [29.6857, 25.8656, 24.7171], rtol=1e-4)

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch18 plan"))


def random_mdp(rng, n, actions):
    return rng.dirichlet(np.full(n, 0.4), (n, actions)), rng.normal(0, 2, (n, actions, n))


def swept(P, R, gamma, sweeps, allowed):
    Q = np.where(allowed, 0.0, -np.inf)
    for _ in range(sweeps):
        V = Q.max(axis=1)
        Q = np.where(allowed, [[sum(P[s, a] * (R[s, a] + gamma * V)) for a in (0, 1, 2)] for s in range(7)], -np.inf)
    return Q


def big_plan(seed):
    return (*random_mdp(np.random.default_rng(seed), 120, 5), 0.97, 60)


P_any, R_any = random_mdp(rng, 7, 3)
chances, may = rng.dirichlet(np.ones(3), 7), rng.random((7, 3)) < 0.6
may[np.arange(7), rng.integers(0, 3, 7)] = True
every, V_walk = np.ones((7, 3), bool), np.zeros(7)
for _ in range(600):
    V_walk = (chances * (P_any * (R_any + 0.9 * V_walk)).sum(axis=2)).sum(axis=1)
greedy = np.eye(3)[q_iteration(P_any, R_any, 0.9, 500).argmax(axis=1)]
check.close("The value of a policy that chooses at random", policy_value(P_any, R_any, chances, 0.9), V_walk,
            hint="R depends on where the step leads: weigh it with P.")
check.close("Each sweep uses the values of the sweep before", [q_iteration(P_any, R_any, 0.8, k) for k in (0, 2, 9)],
            [swept(P_any, R_any, 0.8, k, every) for k in (0, 2, 9)])
check.close("Forbidden actions are worth minus infinity, and nobody counts on them",
            q_iteration(P_any, R_any, 0.9, 6, may), swept(P_any, R_any, 0.9, 6, may),
            hint="Set them after the sum: P times minus infinity would be NaN.")
check.close("The best policy's value is the largest Q", policy_value(P_any, R_any, greedy, 0.9),
            swept(P_any, R_any, 0.9, 300, every).max(axis=1), rtol=1e-4)
check.faster("Sweeps go over all states at once", q_iteration, inputs=big_plan, times=6, repeats=3,
             hint="(P * R).sum(axis=2) once, before the loop; then P @ V.")
### END HIDDEN TESTS

# %% [markdown]
# **Task.** How much patience does a far-sighted agent need? `plot_convergence(P, R, gammas, sweeps)` draws, for each
# $\gamma$, the largest difference $\max_{s,a} |Q_k(s, a) - Q^*(s, a)|$ after $k = 0, 1, \ldots$, `sweeps` sweeps,
# into a new figure with a logarithmic y axis. As $Q^*$ take 2,000 sweeps. Name both axes, label each line with its
# number, such as `gamma = 0.9`, add a legend and return the Axes.

# %% answer="plot"
def plot_convergence(P, R, gammas, sweeps):
    """Return an Axes with one line for each gamma: the distance from the true Q after 0 to sweeps sweeps."""
    ### BEGIN SOLUTION
    _, ax = plt.subplots()
    for gamma in gammas:
        true = q_iteration(P, R, gamma, 2000)
        away = [np.abs(q_iteration(P, R, gamma, k) - true).max() for k in range(sweeps + 1)]
        ax.plot(range(sweeps + 1), away, label=f"gamma = {gamma}")
    ax.set(xlabel="sweeps", ylabel="largest error of Q", yscale="log")
    ax.legend()
    return ax
    ### END SOLUTION

# %% given="plot_demo"
plot_convergence(P_machine, R_machine, [0.5, 0.9, 0.97], 40)
plt.show()

# %% checks="plot_test" points=1
drawn = plot_convergence(P_machine, R_machine, [0.5], 5)
check.figure("Axes are named, errors are on a logarithmic scale", drawn, xlabel=True, ylabel=True, legend=["0.5"],
             yscale="log")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch18 plot"))
P_new, R_new = rng.dirichlet(np.full(5, 0.5), (5, 2)), rng.normal(0, 1, (5, 2, 5))


def errors(gamma):
    found, Q = [], np.zeros((5, 2))
    for _ in range(2001):
        found.append(Q)
        Q = (P_new * (R_new + gamma * Q.max(axis=1))).sum(axis=2)
    return np.abs(np.array(found[:21]) - found[-1]).max(axis=(1, 2))


shown = plot_convergence(P_new, R_new, [0.6, 0.95], 20)
check.figure("A line for each discount shows the largest error after each sweep, from none on", shown,
             lines=[(np.arange(21), errors(0.6)), (np.arange(21), errors(0.95))], rtol=1e-3, atol=1e-9,
             xlabel=True, ylabel=True, legend=["0.6", "0.95"], yscale="log",
             hint="The largest over states and actions, begin with 0 sweeps; names, legend and scale count as well.")
check.true("Each line is labelled with its discount, and nothing else is drawn",
           bool([line.get_label().split()[-1] for line in shown.get_lines()] == ["0.6", "0.95"]),
           hint='label=f"gamma = {gamma}", in the order of gammas.')
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — Q-learning
#
# Mostly nobody knows $P$ and $R$; one can only try. *Temporal-difference learning* corrects its estimate after every
# single step: it saw the reward $r$ and the next state, so $r + \gamma \max_{a'} Q(s', a')$ is a slightly better
# estimate of $Q(s, a)$ than the old one, and it moves there a bit, by the *learning rate* $\alpha$:
#
# $$Q(s, a) \leftarrow (1 - \alpha)\, Q(s, a) + \alpha\, \bigl[r + \gamma \max_{a'} Q(s', a')\bigr]$$
#
# After a *terminated* step nothing follows, so only $r$ stands in the brackets. After a *truncated* one the game would
# have gone on, and so does the sum. This is *Q-learning*. It learns the value of the best policy whatever the agent
# does meanwhile (*off-policy*); its sister SARSA takes the action really chosen next in the place of the maximum, and
# learns the value of what the agent does, stumbling included (*on-policy*).
#
# What the agent never tries it cannot learn, and what it always tries earns little. The usual compromise is
# *$\varepsilon$-greedy*: with probability $\varepsilon$ any action, else the best known. Begin with
# $\varepsilon = 1$ and let it fall; and draw among equally good actions by lot, since at first all values are equal.
#
# The game is a bot in a cave: `S` start, `G` gold (+1, the end), `P` a pit (-1, the end), `#` rock. Actions are left,
# down, right, up; with probability `slip` the floor is wet and it slides to one of the sides instead.
#
# **Task.**
#
# - `td_value(Q, s, a, reward, s_next, terminated, rate, gamma)`: the new value of `Q[s, a]`; `Q` stays as it is.
# - `choose(values, epsilon, rng)`: an action, for a row (actions,) of Q.
# - `epsilon_at(k, n, start=1.0, end=0.05, share=0.7)`: falls linearly from `start` in episode 0 to `end` in episode
#   `share * n`, and stays there.
# - `q_learn(env, episodes, gamma, seed)`: learns by playing, and returns Q (states, actions). How it explores and what
#   its rate does is yours. Cut an episode off after 100 steps. It is judged in caves it has never seen, and
#   in Gymnasium's FrozenLake, which is the same game without a punishment for falling in.
# <!-- covers: 18.2 18.N1 18.N9 18.N10 -->

# %% given="cave"
class Cave:
    """A grid to walk in: rows of text with S, G, P, # and ., in the manner of a Gymnasium environment."""

    MOVES = ((0, -1), (1, 0), (0, 1), (-1, 0))  # left, down, right, up

    def __init__(self, rows, slip=0.0):
        self.cells, self.width, self.slip = "".join(rows), len(rows[0]), slip
        self.observation_space = gym.spaces.Discrete(len(self.cells))
        self.action_space = gym.spaces.Discrete(4)
        self.next_to = [[self.beside(s, a) for a in range(4)] for s in range(len(self.cells))]

    def beside(self, s, a):
        """Return the cell to which action a leads from cell s; rocks and walls hold it back."""
        row, column = s // self.width + self.MOVES[a][0], s % self.width + self.MOVES[a][1]
        inside = 0 <= row < len(self.cells) // self.width and 0 <= column < self.width
        return row * self.width + column if inside and self.cells[row * self.width + column] != "#" else s

    def reset(self, seed=None):
        if seed is not None or not hasattr(self, "rng"):
            self.rng = np.random.default_rng(seed)
        self.at = self.cells.index("S")
        return self.at, {}

    def step(self, action):
        if self.rng.random() < self.slip:
            action = (action + (1 if self.rng.random() < 0.5 else 3)) % 4
        self.at = self.next_to[self.at][action]
        found = self.cells[self.at]
        return self.at, {"G": 1.0, "P": -1.0}.get(found, 0.0), found in "GP", False, {}

    def tables(self):
        """Return P and R (states, actions, states) of the game; ends are never left and earn nothing more."""
        n = len(self.cells)
        P, worth = np.zeros((n, 4, n)), np.array([{"G": 1.0, "P": -1.0}.get(c, 0.0) for c in self.cells])
        for s in range(n):
            for a in range(4):
                for turn, p in ((0, 1 - self.slip), (1, self.slip / 2), (3, self.slip / 2)):
                    P[s, a, s if self.cells[s] in "GP" else self.next_to[s][(a + turn) % 4]] += p
        ends = np.array([c in "GP" for c in self.cells])
        return P, np.where(ends[:, None, None], 0.0, worth) * np.ones((n, 4, n))

# %% given="make_cave"
def make_cave(seed, size=4, pits=2, rocks=2):
    """Return the rows of a cave whose gold can be reached."""
    rng = np.random.default_rng(seed)
    while True:
        cells = np.full(size * size, ".")
        cells[[0, -1]] = "S", "G"
        cells[rng.choice(np.arange(1, size * size - 1), pits + rocks, replace=False)] = ["P"] * pits + ["#"] * rocks
        rows = ["".join(row) for row in cells.reshape(size, size)]
        cave, reached = Cave(rows), {0}
        for _ in range(size * size):
            reached |= {t for s in reached for t in cave.next_to[s] if cave.cells[t] != "P"}
        if size * size - 1 in reached:
            return rows


CAVE = make_cave(18)
print("\n".join(CAVE))

# %% answer="pieces"
def td_value(Q, s, a, reward, s_next, terminated, rate, gamma):
    """Return the new value of Q[s, a], a float, after one step."""
    ### BEGIN SOLUTION
    goal = reward if terminated else reward + gamma * Q[s_next].max()
    return (1 - rate) * Q[s, a] + rate * goal
    ### END SOLUTION


def choose(values, epsilon, rng):
    """Return an action, a whole number, for the values (actions,) of all actions and a NumPy generator."""
    ### BEGIN SOLUTION
    if rng.random() < epsilon:
        return int(rng.integers(len(values)))
    best = np.flatnonzero(values == values.max())
    return int(best[rng.integers(len(best))])
    ### END SOLUTION


def epsilon_at(k, n, start=1.0, end=0.05, share=0.7):
    """Return the share of random actions in episode k of n."""
    ### BEGIN SOLUTION
    return start + (end - start) * min(k / (share * n), 1.0)
    ### END SOLUTION

# %% given="pieces_demo"
def chosen(values, epsilon, seed, n):
    """Return n of your choices, an array."""
    rng = np.random.default_rng(seed)
    return np.array([choose(np.asarray(values), epsilon, rng) for _ in range(n)])

# %% checks="pieces_test" points=1
Q_small = np.array([[0.0, 2.0], [5.0, 1.0]])
check.close("Half way from 2 to 1 + 0.9 * 5", td_value(Q_small, 0, 1, 1.0, 1, False, 0.5, 0.9), 3.75)
check.close("It begins at 1 and ends at 0.05", [epsilon_at(0, 100), epsilon_at(70, 100), epsilon_at(99, 100)],
            [1.0, 0.05, 0.05])
check.equal("Without chance the best is taken", chosen([0.0, 3.0, 1.0], 0.0, 1, 3).tolist(), [1, 1, 1])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch18 pieces"))
Q_any = rng.normal(0, 3, (8, 4))


def cases(seed):
    draw = np.random.default_rng(seed + rng.integers(10**6))
    return (Q_any, int(draw.integers(8)), int(draw.integers(4)), draw.normal(), int(draw.integers(8)),
            bool(seed % 2), draw.uniform(), draw.uniform())


def by_formula(Q, s, a, reward, s_next, terminated, rate, gamma):
    return Q[s, a] + rate * (reward + (0 if terminated else gamma * max(Q[s_next])) - Q[s, a])


def shares(values, epsilon):
    return np.bincount(chosen(values, epsilon, int(rng.integers(10**6)), 6000), minlength=4) / 6000


check.agrees("The value moves towards reward and best next value, and only the reward after the end", td_value,
             by_formula, cases=cases, hint="After a terminated step there is no next value.", weight=2)
check.unchanged("Q is left as it is", td_value, args=(Q_any, 1, 2, 1.0, 3, False, 0.5, 0.9))
# The share of 6,000 draws is known to 0.006 (one standard deviation).
check.close("Chance takes any action, else one of the best is drawn by lot",
            [shares([0.0, 2, 2, -1], 0.0), shares([1.0, 0, 0, 0], 0.4), shares([0.0, 0, 0, 0], 0.0)],
            [[0, 0.5, 0.5, 0], [0.7, 0.1, 0.1, 0.1], [0.25] * 4], rtol=0, atol=0.03,
            hint="np.argmax always takes the first of equal values; a random action may be the best one as well.")
check.close("Chance falls linearly, then stays", [epsilon_at(k, 250, 0.8, 0.1, 0.5) for k in (0, 50, 125, 126, 249)],
            [0.8, 0.52, 0.1, 0.1, 0.1])
### END HIDDEN TESTS

# %% answer="q_learn"
def q_learn(env, episodes, gamma, seed):
    """Return Q (states, actions) learned in env, whose spaces are discrete, in so many episodes."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    Q = np.zeros((env.observation_space.n, env.action_space.n))
    env.reset(seed=seed)
    for k in range(episodes):
        epsilon, rate = epsilon_at(k, episodes, end=0.1), 0.5 * (1 - k / episodes) + 0.02
        s, _ = env.reset()
        for _ in range(100):
            a = choose(Q[s], epsilon, rng)
            s_next, reward, terminated, truncated, _ = env.step(a)
            Q[s, a] = td_value(Q, s, a, reward, s_next, terminated, rate, gamma)
            s = s_next
            if terminated or truncated:
                break
    return Q
    ### END SOLUTION

# %% given="q_demo"
def learned(rows, slip, seed, episodes=500):
    """Return what you learn in a cave, with a discount of 0.95."""
    return q_learn(Cave(rows, slip), episodes, 0.95, seed)


def learned_on_ice(rows, seed):
    """Return what you learn on a frozen lake (S, F, H, G) that is not slippery, with a discount of 0.9."""
    return q_learn(gym.make("FrozenLake-v1", desc=rows, is_slippery=False), 1500, 0.9, seed)

# %% checks="q_learn_test" points=2
LAKE = ["SFFF", "FHFH", "FFFH", "HFFG"]
Q_lake = learned_on_ice(LAKE, 1)
check.shape("There is a value for each state and action", Q_lake, (16, 4))
check.close("Six steps from the goal, the start is worth 0.9 to the power of 5", np.max(Q_lake[0]), 0.9**5, rtol=0,
            atol=0.02, hint="Only the last step earns something; the value spreads backwards from there.")

### BEGIN HIDDEN TESTS
first = datasets.hidden_seed("ch18 caves") % 10**6
caves = [make_cave(first + i) for i in range(8)]
found = [learned(rows, 0.1, first + i) for i, rows in enumerate(caves)]


def start_value(rows, Q):
    P, R = Cave(rows, 0.1).tables()
    for _ in range(300):
        V = (P * (R + 0.95 * V)).sum(axis=2)[np.arange(16), Q.argmax(axis=1)] if _ else np.zeros(16)
    return V[0]


def best_Q(rows):
    P, R = Cave(rows, 0.1).tables()
    Q = np.zeros((16, 4))
    for _ in range(300):
        Q = (P * (R + 0.95 * Q.max(axis=1))).sum(axis=2)
    return Q


turned = ["SHFF", "FFFF", "HFHF", "FFFG"]
best = [start_value(rows, best_Q(rows)) for rows in caves]
check.score("In caves it has never seen the learned policy is nearly as good as the best one", best,
            [start_value(rows, Q) for rows, Q in zip(caves, found, strict=True)], metric="mean", baseline=best,
            at_least=0.85, partial=0.4, weight=3, hint="Explore long enough, and let the rate fall where luck matters.")
check.close("On another lake the values are right as well", np.max(learned_on_ice(turned, 5)[0]), 0.9**5, rtol=0,
            atol=0.02, hint="Explore: at the beginning all values are equal.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Learning a policy directly
#
# A table has no room for the angles of a pole. A network has: observation in, one number per action out (*logits*),
# softmax makes probabilities of them, and the action is drawn. That is a *neural policy*; drawing explores by itself.
#
# How to train it? The pole fell after 23 steps: which of the 23 actions was to blame? That is the *credit assignment
# problem*. The usual answer: an action is judged by all that came *after* it, discounted,
#
# $$G_t = r_t + \gamma r_{t+1} + \gamma^2 r_{t+2} + \cdots$$
#
# and by whether that is more or less than usual: subtract the mean over *all* steps of *all* episodes and divide by
# their standard deviation. The result is the *advantage* $A_t$. In a bad episode most actions get a negative one.
# (With each episode normalised by itself, the good and the bad ones would look alike.)
#
# *REINFORCE* (Williams, 1992) makes actions with positive advantage more probable and the others less: it climbs the
# gradient of $\sum_t A_t \log \pi(a_t \mid s_t)$. Any number that does not depend on the action may be
# subtracted from $G_t$; the gradient stays right on average, and only varies less.
#
# **Task.**
#
# - `discounted(rewards, gamma)` returns $G_t$ for each step of one episode, as floats, in one pass from the end:
#   long episodes are timed.
# - `advantages(episodes, gamma)`: for a list of arrays of rewards, a list of arrays, normalised together (if all are
#   equal, all are 0).
# <!-- covers: 18.N4 18.N5 -->

# %% answer="returns"
def discounted(rewards, gamma):
    """Return the discounted sums (steps,) of what came from each step on, for rewards (steps,)."""
    ### BEGIN SOLUTION
    found, total = np.zeros(len(rewards)), 0.0
    for t, reward in reversed(list(enumerate(rewards))):
        total = reward + gamma * total
        found[t] = total
    return found
    ### END SOLUTION


def advantages(episodes, gamma):
    """Return a list of arrays like episodes, a list of arrays of rewards: discounted, mean 0 and deviation 1."""
    ### BEGIN SOLUTION
    found = [discounted(rewards, gamma) for rewards in episodes]
    mean, deviation = np.concatenate(found).mean(), np.concatenate(found).std()
    return [(sums - mean) / (deviation or 1.0) for sums in found]
    ### END SOLUTION

# %% checks="returns_test" points=1
check.close("What came later counts less", discounted([10, 0, -50], 0.8), [-22.0, -40.0, -50.0],
            hint="Go from the last step to the first.")
check.close("All steps together have mean 0 and deviation 1",
            np.concatenate(advantages([np.ones(3), np.ones(5)], 0.9)).std(), 1.0)

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch18 returns"))
games = [rng.normal(1, 2, n) for n in (1, 7, 30, 12)]


def plainly(rewards, gamma):
    return np.array([sum(gamma**k * r for k, r in enumerate(rewards[t:])) for t in range(len(rewards))], float)


sums = [plainly(g, 0.93) for g in games]
every_sum = np.concatenate(sums)
check.close("Sums for any discount, whole numbers as well as floats",
            [discounted(g, d) for g, d in [(games[1], 0.7), (games[2], 0.0), (games[2], 1.0), (np.arange(5), 0.5)]],
            [plainly(g, d) for g, d in [(games[1], 0.7), (games[2], 0.0), (games[2], 1.0), (np.arange(5), 0.5)]],
            hint="np.zeros_like of whole numbers would cut off what is behind the point.")
check.close("Advantages compare a step with all steps of all episodes", advantages(games, 0.93),
            [(s - every_sum.mean()) / every_sum.std() for s in sums],
            hint="Discount each episode by itself, then take mean and deviation of all, once.")
check.close("Where all steps are equally good, no advantage is left",
            advantages([np.array([2.0]), np.array([2.0])], 0.9), [[0.0], [0.0]], hint="Do not divide by zero.")
check.faster("Long episodes take one pass", discounted, times=6, repeats=3,
             inputs=lambda seed: (np.random.default_rng(seed).normal(size=4000), 0.99),
             hint="Each sum is its reward plus gamma times the next sum.")
### END HIDDEN TESTS

# %% [markdown]
# ### The loss
#
# What is minimised is minus that sum, and it looks familiar: the cross-entropy of the actions, as if they were
# labels, each weighed by its advantage. The derivative with respect to a row's logits is $A\,(\mathbf p - \mathbf
# e_a)$: probabilities minus the one-hot action.
#
# The tools below do what is the same for every network here, on TensorFlow and JAX. `learner(model, loss, rate)`
# returns a function that takes batches and does one Adam step with each, all in one compiled call. `quick(model)`
# copies the weights and returns the network as a NumPy function, which for single rows is much faster than Keras; it
# does not change when `model` is trained further.
#
# **Task.** `policy_loss(y_true, y_pred)`, with `keras.ops`: `y_true` (rows, 2) holds action and advantage, `y_pred`
# (rows, actions) the logits. Return one loss per row. Logits may be in the hundreds: take `keras.ops.log_softmax`.
# <!-- covers: 18.N3 18.N6 -->

# %% given="tools"
def quick(model):
    """Return a NumPy function (rows, inputs) -> (rows, outputs), a copy of a stack of Dense layers."""
    shapes = {"relu": lambda Z: np.maximum(Z, 0), "tanh": np.tanh, "linear": lambda Z: Z}
    parts = [(*map(np.array, layer.get_weights()), shapes[layer.activation.__name__]) for layer in model.layers]

    def forward(X):
        for W, b, shape in parts:
            X = shape(X @ W + b)
        return X

    return forward


def slope_of(loss, y_true, y_pred):
    """Return the slopes of the sum of a Keras loss with respect to y_pred, an array of its shape."""
    if keras.backend.backend() == "jax":
        import jax

        return np.asarray(jax.grad(lambda pred: loss(y_true, pred).sum())(y_pred))
    import tensorflow as tf

    y_pred = tf.constant(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        total = tf.reduce_sum(loss(tf.constant(y_true), y_pred))
    return np.asarray(tape.gradient(total, y_pred, unconnected_gradients="zero"))

# %% given="learner"
def learner(model, loss, rate):
    """Return learn(X, Y) for X (batches, rows, inputs) and Y (batches, rows, 2): an Adam step for each batch."""
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(model.trainable_variables)
    steps = (jax_steps if keras.backend.backend() == "jax" else tf_steps)(model, loss, optimizer)
    return lambda X, Y: steps(np.asarray(X, "float32"), np.asarray(Y, "float32"))


def tf_steps(model, loss, optimizer):
    import tensorflow as tf

    @tf.function(reduce_retracing=True)
    def learn(X, Y):
        for i in tf.range(tf.shape(X)[0]):
            with tf.GradientTape() as tape:
                cost = tf.reduce_mean(loss(Y[i], model(X[i])))
            optimizer.apply(tape.gradient(cost, model.trainable_variables), model.trainable_variables)

    return lambda X, Y: learn(tf.constant(X), tf.constant(Y))


def jax_steps(model, loss, optimizer):
    import jax

    def cost(weights, X, Y):
        return loss(Y, model.stateless_call(weights, [], X)[0]).mean()

    @jax.jit
    def step(weights, state, X, Y):
        return optimizer.stateless_apply(state, jax.grad(cost)(weights, X, Y), weights)

    def learn(X, Y):
        weights, state = ([v.value for v in part] for part in (model.trainable_variables, optimizer.variables))
        for rows, wanted in zip(X, Y, strict=True):
            weights, state = step(weights, state, rows, wanted)
        for variable, value in zip([*model.trainable_variables, *optimizer.variables], [*weights, *state], strict=True):
            variable.assign(value)

    return learn

# %% answer="policy_loss"
def policy_loss(y_true, y_pred):
    """Return losses (rows,) for y_true (rows, 2), action and advantage, and logits y_pred (rows, actions)."""
    ### BEGIN SOLUTION
    taken = keras.ops.one_hot(keras.ops.cast(y_true[:, 0], "int32"), y_pred.shape[1])
    log_probability = keras.ops.sum(taken * keras.ops.log_softmax(y_pred), axis=1)
    return -y_true[:, 1] * log_probability
    ### END SOLUTION

# %% given="policy_slopes"
def policy_slopes(y_true, y_pred):
    """Return the slopes of your policy_loss with respect to the logits."""
    return slope_of(policy_loss, np.asarray(y_true, "float32"), np.asarray(y_pred, "float32"))

# %% checks="policy_loss_test" points=1
check.close("A coin's side, with advantage 2, costs 2 log 2",
            np.asarray(policy_loss(np.array([[1, 2.0]], "float32"), np.zeros((1, 2), "float32"))), [2 * np.log(2)],
            rtol=1e-4,
            hint="Minus advantage times the logarithm of the probability of the action taken.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch18 policy loss"))
logits, taken = rng.normal(0, 2, (30, 3)).astype("float32"), rng.integers(0, 3, 30)
worth = np.where(taken == 0, rng.normal(size=30) + 1, rng.normal(size=30))
p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
rows = np.column_stack([taken, worth]).astype("float32")
far = np.array([[300.0, -300], [-500, 500]], "float32")
check.close("Losses are right for any action and advantage", np.asarray(policy_loss(rows, logits)),
            -worth * np.log(p[np.arange(30), taken]), rtol=1e-3, atol=1e-4)
check.close("Slopes are probabilities minus the action, times the advantage", policy_slopes(rows, logits),
            worth[:, None] * (p - np.eye(3)[taken]), rtol=1e-3, atol=1e-4,
            hint="Only keras.ops can be differentiated; whatever is constant has no slope.")
check.close("Nothing overflows", np.asarray(policy_loss(np.array([[1, 1.0], [1, 1.0]], "float32"), far)),
            [600.0, 0.0], rtol=1e-3, atol=1e-3, hint="keras.ops.log_softmax instead of the logarithm of a softmax.")
### END HIDDEN TESTS

# %% [markdown]
# ### A pilot for the cart
#
# **Task.** `train_policy(seed)` trains a neural policy for CartPole with REINFORCE and returns it: a
# `keras.Sequential` of `Dense` layers (ReLU, tanh or none), 4 numbers in, 2 logits out. Repeat: play a few games side
# by side with actions drawn from the policy (`play_many`), compute advantages, and do one step with all their rows
# (`learn(X[None], Y[None])`). Cut the games off after 200 steps. Two dozen rounds of eight games are enough with a
# large learning rate such as 0.03. The pilot is judged by games in which it takes the more probable action. The time
# of this cell counts, and it is compared with ours.

# %% given="many_games"
def play_many(envs, act, seed, max_steps=200):
    """Return one dict like those of play for each environment; act maps rows of observations to actions."""
    seen = [env.reset(seed=seed + i)[0] for i, env in enumerate(envs)]
    games, running = [([], [], []) for _ in envs], list(range(len(envs)))
    for _ in range(max_steps):
        if not running:
            break
        going = []
        for i, action in zip(running, act(np.array([seen[i] for i in running])), strict=True):
            after, reward, terminated, truncated, _ = envs[i].step(int(action))
            for part, value in zip(games[i], (seen[i], int(action), reward), strict=True):
                part.append(value)
            seen[i] = after
            going += [] if terminated or truncated else [i]
        running = going
    return [dict(zip(("observations", "actions", "rewards"), map(np.array, game), strict=True)) for game in games]


pilot = None  # until the next cell trains one

# %% answer="train_policy" budget=4
def train_policy(seed):
    """Return a trained Keras model, observations (rows, 4) -> logits (rows, 2)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(2)]
    model = keras.Sequential([keras.layers.Input((4,)), *layers])
    learn, envs = learner(model, policy_loss, 0.03), [make_cartpole().unwrapped for _ in range(8)]
    for k in range(24):
        logits = quick(model)

        def act(seen):
            chances = 1 / (1 + np.exp(np.diff(logits(seen), axis=1)[:, 0]))
            return (rng.random(len(seen)) > chances).astype(int)

        games = play_many(envs, act, 1000 * seed + 8 * k)
        worth = np.concatenate(advantages([game["rewards"] for game in games], 0.95))
        X, actions = (np.concatenate([game[name] for game in games]) for name in ("observations", "actions"))
        learn(X[None], np.column_stack([actions, worth])[None])
    return model
    ### END SOLUTION


pilot = train_policy(18)

# %% given="pilot_demo"
def steer(observations):
    """Return the pilot's more probable actions (rows,) for observations (rows, 4)."""
    return quick(pilot)(np.asarray(observations)).argmax(axis=1)

# %% checks="train_policy_test" points=2
check.true("There is a pilot", pilot is not None)
check.shape("The pilot knows two actions", steer(np.zeros((3, 4), np.float32)), (3,))

### BEGIN HIDDEN TESTS
start = datasets.hidden_seed("ch18 pilot") % 10**6
check.returns("The pilot does better than chance (23 steps)", steer, make_cartpole, at_least=40, steps=60, seed=start,
              hint="Is the sign right? And does each action get what came after it?")
check.returns("The pilot keeps the pole up for long", steer, make_cartpole, at_least=100, partial=45, steps=200,
              weight=2, seed=start + 100, hint="More rounds, or a larger learning rate.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — A deep Q-network
#
# The other way: a network estimates $Q(s, a)$ for all actions at once, and the agent takes the largest. The target of
# a step is that of Q-learning, $r + \gamma \max_{a'} Q(s', a')$. Done naively this falls apart, since the network
# chases its own predictions. *DQN* (Mnih and others, 2013) made it work with two ideas:
#
# - **Replay buffer.** Steps of one episode resemble each other. Keep the last thousands, and train with a batch drawn
#   from them by lot.
# - **Fixed targets.** Compute targets with a *copy* of the network that is brought up to date only now and then. No
#   gradient flows through the target.
#
# A third came later. Of several noisy estimates the largest is mostly too large, so the maximum overestimates. *Double
# DQN* (van Hasselt and others, 2015) lets the online network choose the action, and the copy say what it is worth.
#
# **Task.**
#
# - Complete `ReplayBuffer`: NumPy arrays for `size` steps; when they are full, the oldest step is overwritten.
#   `len(buffer)` is the number of steps in it. `sample(n, rng)` draws `n` of them by lot (`rng.integers`, a step may
#   come twice) and returns five arrays: observations, actions, rewards, next observations, `terminated`.
# - `td_targets(rewards, terminated, next_online, next_target, gamma, double=True)`: the targets (rows,). The Q-values
#   (rows, actions) of the next observations come from the online network and from its copy. Without `double` only the
#   copy counts.
# - `q_loss(y_true, y_pred)`, with `keras.ops`: `y_true` (rows, 2) holds action and target. Return Huber's loss of the
#   difference for *that* action, for each row: $e^2/2$ up to $|e| = 1$, then $|e| - 1/2$. Other actions cost nothing.
# <!-- covers: 18.N11 18.N12 -->

# %% answer="buffer"
class ReplayBuffer:
    """The last steps of play, observations of n_inputs numbers."""

    def __init__(self, size, n_inputs):
        ### BEGIN SOLUTION
        self.size, self.added = size, 0
        self.seen, self.after = np.zeros((2, size, n_inputs), np.float32)
        self.actions, self.rewards = np.zeros(size, int), np.zeros(size, np.float32)
        self.terminated = np.zeros(size, bool)
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        return min(self.added, self.size)
        ### END SOLUTION

    def add(self, observation, action, reward, next_observation, terminated):
        """Take in one step; observations are arrays (n_inputs,)."""
        ### BEGIN SOLUTION
        i = self.added % self.size
        self.seen[i], self.actions[i], self.rewards[i] = observation, action, reward
        self.after[i], self.terminated[i] = next_observation, terminated
        self.added += 1
        ### END SOLUTION

    def sample(self, n, rng):
        """Return observations (n, n_inputs), actions (n,), rewards (n,), next observations, terminated (n,)."""
        ### BEGIN SOLUTION
        i = rng.integers(0, len(self), n)
        return self.seen[i], self.actions[i], self.rewards[i], self.after[i], self.terminated[i]
        ### END SOLUTION

# %% given="buffer_demo"
def filled(size, steps):
    """Return a buffer of yours after so many steps, of which step k has k in all its numbers."""
    buffer = ReplayBuffer(size, 3)
    for k in range(steps):
        place = np.full(3, float(k))
        buffer.add(place, k % 4, float(k), place + 1, k % 5 == 0)
        place[:] = -1.0  # the caller goes on using its array
    return buffer


def drawn_from(size, steps, n, seed):
    """Return what is drawn from such a buffer, five arrays, and its length."""
    buffer = filled(size, steps)
    return [np.asarray(part) for part in buffer.sample(n, np.random.default_rng(seed))], len(buffer)

# %% checks="buffer_test" points=1
small_draw, small_length = drawn_from(10, 3, 4, 1)
check.equal("Three steps are in it, four are drawn", [small_length, [len(part) for part in small_draw]], [3, [4] * 5])
check.shape("Observations come as rows", small_draw[0], (4, 3))

### BEGIN HIDDEN TESTS
lot = datasets.hidden_seed("ch18 buffer") % 10**6
few, many = drawn_from(50, 20, 4000, lot), drawn_from(50, 230, 9000, lot)
counts = np.bincount(many[0][2].astype(int), minlength=230)


def fits(draw):
    k = draw[2]
    return bool(np.array_equal(draw[0], np.repeat(k[:, None], 3, axis=1)) and np.array_equal(draw[3], draw[0] + 1)
                and np.array_equal(draw[1], k % 4) and np.array_equal(draw[4], k % 5 == 0))


check.true("What belongs to one step stays together", bool(fits(few[0]) and fits(many[0])),
           hint="One row number for all five arrays, and copies of what was added.")
check.equal("Only steps that were added are drawn, and all of them", [sorted(set(few[0][2].tolist())), few[1]],
            [list(range(20)), 20], hint="While it is not full, draw below len(self).")
check.equal("When it is full, the oldest steps make room", [sorted(set(many[0][2].tolist())), many[1]],
            [list(range(180, 230)), 50], hint="Write at place added % size.")
# 9,000 draws from 50 steps: 180 each, with a standard deviation of 13.
check.true("Every step has the same chance", bool(abs(counts[180:] - 180).max() < 75 and counts[:180].sum() == 0))
check.true("The generator decides what is drawn",
           bool(np.array_equal(drawn_from(50, 60, 30, lot)[0][2], drawn_from(50, 60, 30, lot)[0][2])
                and not np.array_equal(drawn_from(50, 60, 30, lot)[0][2], drawn_from(50, 60, 30, lot + 1)[0][2])),
           hint="Draw with rng, not with a generator of your own.")
### END HIDDEN TESTS

# %% answer="targets"
def td_targets(rewards, terminated, next_online, next_target, gamma, double=True):
    """Return targets (rows,) for rewards and terminated (rows,) and next Q-values (rows, actions)."""
    ### BEGIN SOLUTION
    best = (next_online if double else next_target).argmax(axis=1)
    value = next_target[np.arange(len(best)), best]
    return rewards + gamma * value * ~terminated
    ### END SOLUTION


def q_loss(y_true, y_pred):
    """Return losses (rows,) for y_true (rows, 2), action and target, and Q-values y_pred (rows, actions)."""
    ### BEGIN SOLUTION
    taken = keras.ops.one_hot(keras.ops.cast(y_true[:, 0], "int32"), y_pred.shape[1])
    error = keras.ops.abs(keras.ops.sum(taken * y_pred, axis=1) - y_true[:, 1])
    return keras.ops.where(error <= 1, error**2 / 2, error - 0.5)
    ### END SOLUTION

# %% given="targets_demo"
def q_slopes(y_true, y_pred):
    """Return the slopes of your q_loss with respect to the Q-values."""
    return slope_of(q_loss, np.asarray(y_true, "float32"), np.asarray(y_pred, "float32"))

# %% checks="targets_test" points=1
check.close("The online network chooses, its copy values; after the end only the reward counts",
            td_targets(np.array([1.0, 1.0]), np.array([False, True]), np.array([[5.0, 4], [5, 4]]),
                       np.array([[2.0, 3], [2, 3]]), 0.5), [2.0, 1.0])
check.close("An error of 3 costs 2.5",
            np.asarray(q_loss(np.array([[1, 5.0]], "float32"), np.array([[9, 2.0]], "float32"))), [2.5])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch18 targets"))
gains, over = rng.normal(size=40), rng.random(40) < 0.3
online, copy = rng.normal(0, 2, (2, 40, 4))
acted, aims = rng.integers(0, 4, 40), rng.normal(0, 2, 40)
pairs, gaps = np.column_stack([acted, aims]).astype("float32"), copy[np.arange(40), acted] - aims
ahead = copy[np.arange(40), online.argmax(axis=1)]
check.close("With double, the copy's value of the online network's choice", td_targets(gains, over, online, copy, 0.9),
            gains + 0.9 * np.where(over, 0, ahead), weight=2, hint="argmax of next_online, value from next_target.")
check.close("Without, the copy's maximum", td_targets(gains, over, online, copy, 0.7, double=False),
            gains + 0.7 * np.where(over, 0, copy.max(axis=1)))
check.close("The loss is Huber's", np.asarray(q_loss(pairs, copy.astype("float32"))),
            np.where(abs(gaps) <= 1, gaps**2 / 2, abs(gaps) - 0.5), rtol=1e-3, atol=1e-4)
check.close("Only the action taken is corrected, by one at most", q_slopes(pairs, copy),
            np.eye(4)[acted] * np.clip(gaps, -1, 1)[:, None], rtol=1e-3, atol=1e-4,
            hint="Pick the action's value with keras.ops.one_hot; other values must not matter.")
### END HIDDEN TESTS

# %% [markdown]
# ### A bot on a rope
#
# Somebody walks on a rope in gusts of wind. The observation is the lean and how fast it changes; the bot can lean to
# the left (0), do nothing (1), or lean to the right (2). Every step on the rope is worth 1; a lean of more than 1 is
# the end, and after 100 steps the game is cut off.
#
# **Task.** `train_dqn(seed)` trains a DQN that walks on, and returns it: a `keras.Sequential` of `Dense` layers
# (ReLU, tanh or none), 2 numbers in, 3 values out. Use your `ReplayBuffer`, `td_targets`, `q_loss`, and `quick` for
# the copy. One plan that works: 16 ropes side by side; 40 rounds, each of 8 steps on all ropes ($\varepsilon$-greedy,
# falling to 0.05) and then 16 batches of 64 in one call of `learn`; a new copy every other round; $\gamma = 0.95$,
# Adam with 0.003, two layers of 32. Networks can forget again what they knew, so it is wise to try the agent now and
# then and to keep the best weights. The time of this cell counts, and it is compared with ours.

# %% given="rope"
class Rope:
    """A walk on a rope in gusts of wind, in the manner of a Gymnasium environment."""

    def __init__(self, gust=1.0):
        self.gust, self.action_space = gust, gym.spaces.Discrete(3)

    def reset(self, seed=None):
        if seed is not None or not hasattr(self, "rng"):
            self.rng = np.random.default_rng(seed)
        self.lean, self.speed = self.rng.uniform(-0.3, 0.3, 2).tolist()
        self.gusts, self.t = self.rng.normal(0, self.gust, 100).tolist(), 0
        return np.array([self.lean, self.speed], np.float32), {}

    def step(self, action):
        self.speed += 0.1 * (3 * self.lean + 4 * (action - 1) + self.gusts[self.t])
        self.lean += 0.1 * self.speed
        self.t += 1
        fallen = abs(self.lean) > 1
        seen = np.array([self.lean, self.speed], np.float32)
        return seen, 1.0, fallen, self.t == 100 and not fallen, {}


walker = None  # until the next cell trains one

# %% answer="train_dqn" budget=4
def train_dqn(seed, n_ropes=16, rounds=40):
    """Return a trained Keras model, observations (rows, 2) -> Q-values (rows, 3)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(seed)
    rng, memory, best = np.random.default_rng(seed), ReplayBuffer(8000, 2), (-1.0, None)
    hidden = [keras.layers.Dense(32, activation="relu") for _ in range(2)]
    model = keras.Sequential([keras.layers.Input((2,)), *hidden, keras.layers.Dense(3)])
    learn, ropes = learner(model, q_loss, 0.003), [Rope() for _ in range(n_ropes)]
    seen = np.array([rope.reset(seed=1000 * seed + i)[0] for i, rope in enumerate(ropes)])
    for k in range(rounds):
        online = quick(model)
        target = online if k % 2 == 0 else target
        for _ in range(8):
            lucky, luck = rng.random(n_ropes) < max(0.05, 1 - k / 24), rng.integers(0, 3, n_ropes)
            for i, action in enumerate(np.where(lucky, luck, online(seen).argmax(axis=1))):
                after, reward, terminated, truncated, _ = ropes[i].step(int(action))
                memory.add(seen[i].copy(), action, reward, after, terminated)
                seen[i] = ropes[i].reset()[0] if terminated or truncated else after
        rows, actions, rewards, after, terminated = memory.sample(16 * 64, rng)
        aims = td_targets(rewards, terminated, online(after), target(after), 0.95)
        learn(rows.reshape(16, 64, 2), np.column_stack([actions, aims]).reshape(16, 64, 2))
        if k % 5 == 4:
            tried = play_many(ropes[:8], lambda X: quick(model)(X).argmax(axis=1), seed)
            seen[:8] = [rope.reset()[0] for rope in ropes[:8]]
            mean = np.mean([len(game["rewards"]) for game in tried])
            best = (mean, model.get_weights()) if mean >= best[0] else best
    model.set_weights(best[1])
    return model
    ### END SOLUTION


walker = train_dqn(18)

# %% given="walker_demo"
def walk(observations):
    """Return the walker's best actions (rows,) for observations (rows, 2)."""
    return quick(walker)(np.asarray(observations)).argmax(axis=1)

# %% checks="train_dqn_test" points=2
check.true("There is a walker", walker is not None)
check.shape("The walker knows what to do", walk(np.zeros((3, 2), np.float32)), (3,))

### BEGIN HIDDEN TESTS
ropes_from = datasets.hidden_seed("ch18 ropes") % 10**6
check.returns("The bot walks to the end of the rope", walk, Rope, at_least=90, partial=30, seed=ropes_from, weight=2,
              hint="Chance falls after 13 steps. Does it explore, and learn nothing past the end?")
check.returns("It copes with stronger gusts", walk, lambda: Rope(1.5), at_least=80, partial=30, seed=ropes_from + 100)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Variants
#
# **Dueling DQN** (Wang and others, 2015). In many states it hardly matters what one does. So let one part of the
# network estimate the value of the state, $V(s)$, and another the *advantages* of the actions, $A(s, a)$. Their plain
# sum would leave open what belongs to which: add 1 to $V$, take 1 from every $A$, and nothing changes. Hence
#
# $$Q(s, a) = V(s) + A(s, a) - \frac1n \sum_{a'} A(s, a')$$
#
# (Subtracting the maximum works too.)
#
# **Prioritised replay** (Schaul and others, 2015). Draw steps from which more is to be learned more often: with
# probability $p_i \propto (|\delta_i| + \epsilon)^\alpha$, where $\delta_i$ is the last known error of step $i$;
# $\epsilon$ keeps every step in the game. But then the batch is no fair sample any more. To make up for it, each
# step's loss is multiplied by the *importance weight* $w_i = (N p_i)^{-\beta}$, divided by the largest of the batch;
# $\beta$ grows to 1 during training.
#
# **Soft updates.** Instead of a new copy now and then, let the copy follow a little in each step:
#
# $$\boldsymbol\theta_\text{copy} \leftarrow (1 - \tau)\, \boldsymbol\theta_\text{copy} + \tau\, \boldsymbol\theta$$
#
# **Task.**
#
# - `dueling_network(n_inputs, n_actions)`: a functional Keras model. One hidden layer (32, ReLU), then two `Dense`
#   layers named `value` (1 output) and `advantage` (`n_actions`), and their combination, with `keras.ops`.
# - `soft_update(target, online, tau)`: for two lists of arrays, such as `get_weights()` gives, a new list.
# - `priorities(errors, alpha)`: the probabilities $p$ with $\epsilon = 0.01$.
# - `prioritised(errors, n, rng, alpha, beta)`: `(i, w)`, `n` row numbers drawn with these and their weights.
# - `max_bias(q, noise, n, rng)`: how much does the maximum overestimate? Make `n` times two independent sets of
#   estimates of the true values `q` (actions,), each with normal noise of that standard deviation. Return two means
#   over the `n` times, minus the true maximum: of the largest value of the first set, and of the value that the
#   second set gives to the first set's best action.
# <!-- covers: 18.N12 18.N13 18.N14 -->

# %% answer="dueling"
def dueling_network(n_inputs, n_actions):
    """Return an untrained functional Keras model, (rows, n_inputs) -> Q-values (rows, n_actions)."""
    ### BEGIN SOLUTION
    inputs = keras.layers.Input((n_inputs,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    value = keras.layers.Dense(1, name="value")(hidden)
    advantage = keras.layers.Dense(n_actions, name="advantage")(hidden)
    return keras.Model(inputs, value + advantage - keras.ops.mean(advantage, axis=1, keepdims=True))
    ### END SOLUTION


def soft_update(target, online, tau):
    """Return a list of arrays: target moved towards online by the share tau, both lists of arrays."""
    ### BEGIN SOLUTION
    return [(1 - tau) * old + tau * new for old, new in zip(target, online, strict=True)]
    ### END SOLUTION

# %% given="dueling_demo"
def parts_of_dueling(n_inputs, n_actions, X):
    """Return V, A and Q of your network for X (rows, n_inputs), with random weights."""
    keras.utils.set_random_seed(6)
    model = dueling_network(n_inputs, n_actions)
    model.set_weights([np.random.normal(size=w.shape) for w in model.get_weights()])
    outputs = [model.get_layer(name).output for name in ("value", "advantage")]
    return [np.asarray(part) for part in keras.Model(model.inputs[0], [*outputs, *model.outputs])(X)]

# %% checks="dueling_test" points=1
check.shape("There is a value for each of three actions",
            np.asarray(dueling_network(2, 3)(np.ones((5, 2), np.float32))), (5, 3))
check.close("A tenth of the way from 0 to 5", soft_update([np.zeros(2)], [np.full(2, 5.0)], 0.1), [np.full(2, 0.5)])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch18 dueling"))
X_seen = rng.normal(size=(20, 3)).astype("float32")
lists = [[rng.normal(size=(3, 2)), rng.normal(size=2)] for _ in "ab"]
moved = [[(1 - tau) * a + tau * b for a, b in zip(*lists, strict=True)] for tau in (0.0, 0.2, 1.0)]
V, A, Q = parts_of_dueling(3, 5, X_seen)
check.close("Actions differ by their advantages, and on average they are worth the value", Q,
            V + A - A.mean(axis=1, keepdims=True), rtol=1e-3, atol=1e-4, weight=2,
            hint="Subtract the mean over the actions of a row: axis=1, keepdims=True.")
check.parameters("One hidden layer of 32, and the two heads", dueling_network(3, 5), exactly=4 * 32 + 33 * 6)
check.unchanged("Both lists stay as they are", soft_update, args=(*lists, 0.3), hint="Make new arrays.")
check.close("Soft updates move all weights by the share asked for",
            [soft_update(*lists, tau) for tau in (0.0, 0.2, 1.0)], moved)
### END HIDDEN TESTS

# %% answer="priorities"
def priorities(errors, alpha):
    """Return the probabilities (rows,) of all steps for their last errors (rows,)."""
    ### BEGIN SOLUTION
    sizes = (np.abs(errors) + 0.01) ** alpha
    return sizes / sizes.sum()
    ### END SOLUTION


def prioritised(errors, n, rng, alpha=0.6, beta=0.4):
    """Return i (n,), row numbers drawn by priority, and w (n,), their importance weights, at most 1."""
    ### BEGIN SOLUTION
    p = priorities(errors, alpha)
    i = rng.choice(len(p), n, p=p)
    w = (len(p) * p[i]) ** -beta
    return i, w / w.max()
    ### END SOLUTION


def max_bias(q, noise, n, rng):
    """Return (bias of the maximum, bias of the double estimate), floats, for true values q (actions,)."""
    ### BEGIN SOLUTION
    first, second = q + noise * rng.normal(size=(2, n, len(q)))
    double = second[np.arange(n), first.argmax(axis=1)]
    return first.max(axis=1).mean() - q.max(), double.mean() - q.max()
    ### END SOLUTION

# %% given="priorities_demo"
def drawn_by_priority(errors, n, seed, alpha, beta):
    """Return what you draw for errors (rows,), row numbers and weights."""
    i, w = prioritised(np.asarray(errors), n, np.random.default_rng(seed), alpha, beta)
    return np.asarray(i), np.asarray(w)

# %% checks="priorities_test" points=1
check.close("An alpha of 0 treats all alike", priorities(np.array([5.0, 0.0]), 0.0), [0.5, 0.5])
check.close("With one action there is nothing to overestimate",
            max_bias(np.array([3.0]), 0.1, 4000, np.random.default_rng(1)), [0.0, 0.0], atol=0.02)

### BEGIN HIDDEN TESTS
lot = datasets.hidden_seed("ch18 priorities") % 10**6
rng = np.random.default_rng(lot)
gaps = rng.normal(0, 1, 6)
p = (abs(gaps) + 0.01) ** 0.7 / sum((abs(gaps) + 0.01) ** 0.7)
i, w = drawn_by_priority(gaps, 8000, lot, 0.7, 0.5)
q_true = np.array([1.0, 1.0, 0.6])
two = rng.normal(0, 0.5, (2, 400000, 3)) + q_true
biases = two[0].max(axis=1).mean() - 1, two[1][np.arange(400000), two[0].argmax(axis=1)].mean() - 1
check.close("Probabilities follow the size of the errors", priorities(gaps, 0.7), p,
            hint="Large negative errors are large errors; add 0.01 first.")
# The share of 8,000 draws is known to 0.006 (one standard deviation).
check.close("Steps are drawn with these probabilities", np.bincount(i, minlength=6) / 8000, p, rtol=0, atol=0.03)
check.close("Weights make up for it, the largest is 1", w, (6 * p[i]) ** -0.5 / ((6 * p[i]) ** -0.5).max(),
            hint="What is drawn often weighs little.")
check.close("The maximum overestimates; a second opinion does not",
            max_bias(q_true, 0.5, 20000, np.random.default_rng(lot)), biases, rtol=0, atol=0.03,
            hint="Two independent sets: one chooses, the other values.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — What is wrong, and what to take
#
# **Diagnosis.** Four agents do not learn. What one sees:
#
# - `A`: DQN on the rope. After 40 rounds it falls after 6 steps. For all states and actions the network says values
#   near 20, just before a fall as well. (With $\gamma = 0.95$, a walk without end is worth 20.)
# - `B`: Q-learning in a cave. Every episode is cut off after 100 steps; all values are 0 but those of a few cells
#   around the start; the first action in a new cell is always "left".
# - `C`: REINFORCE on CartPole. Episodes get shorter from round to round, until they take 9 steps, which no random
#   policy manages.
# - `D`: DQN. Losses and values grow without bound, twice as large in each round; each target is computed with the
#   weights that were just changed.
#
# `CAUSES` has one of `never explores`, `wrong sign`, `no end`, `no fixed target`, `rate too small`, `no replay` for
# each.
#
# **Which algorithm?** A short zoo. *Actor-critic*: a policy network, and a value network that estimates the
# advantages; *A2C* and *A3C* run many of them in parallel. *PPO* does several steps with the same games, but clips
# how far the policy may move; it is the usual first choice today. *SAC* is for continuous actions, keeps its games
# (off-policy), and is paid for staying random. *DQN* and its variants: a few actions, off-policy. *Q iteration*: all
# rules are known and the states fit into a table. *Curiosity* rewards what surprises the agent, where rewards are
# rare. Ready parts for most of these are in TF-Agents, whose last release is of 2023 and builds on Gymnasium's
# predecessor; today people take Stable-Baselines3, CleanRL or Tianshou.
#
# `CHOICES` has one of `Q iteration`, `Q-learning`, `DQN`, `SAC`, `PPO`, `curiosity` for each situation, each once.
#
# `STATEMENTS`: `True` or `False`.
#
# - a: The agent is told after each action which one would have been best.
# - b: A truncated step must have a target without the value of the next observation.
# - c: Q-learning learns about the greedy policy while it acts by another one.
# - d: REINFORCE can learn from a replay buffer of old games as it is.
# - e: Subtracting a constant from all returns changes the expected gradient of REINFORCE.
# - f: In a Markov chain, the next state depends on the present one only.
# - g: With $\gamma = 0$ the agent only looks at the next reward.
# - h: In LunarLander the hidden state of the weather is needed: its observations, positions and speeds, are not enough
#   to land.
# - i: Of two networks, one may choose the action and the other value it; that lowers the overestimation.
# - j: A bot that finds a loophole in its reward, and uses it, has learned badly.
# <!-- covers: 18.1 18.2 18.N9 18.N10 18.N15 18.N16 18.N17 -->

# %% answer="concepts"
CAUSES = {"A": None, "B": None, "C": None, "D": None}
CHOICES = {
    "a board of 30 fields, all rules and odds are in the manual": None,
    "a board of 30 fields, the rules are secret, but one may play": None,
    "a video game with 6 buttons, from pixels; games are expensive and must be used again": None,
    "a robot arm with 7 continuous motors; every try wears it out": None,
    "a simulator of cars that runs a thousand times in parallel": None,
    "a labyrinth with one reward after thousands of steps": None,
}
STATEMENTS = dict.fromkeys("abcdefghij")  # True or False
### BEGIN SOLUTION
CAUSES = {"A": "no end", "B": "never explores", "C": "wrong sign", "D": "no fixed target"}
names = ("Q iteration", "Q-learning", "DQN", "SAC", "PPO", "curiosity")
CHOICES = dict(zip(CHOICES, names, strict=True))
STATEMENTS = {letter: letter in "cfgi" for letter in STATEMENTS}
### END SOLUTION

# %% checks="concepts_test" points=1
check.true("Everything has an answer", None not in [*CAUSES.values(), *CHOICES.values(), *STATEMENTS.values()])

### BEGIN HIDDEN TESTS
def told(letters):
    return [STATEMENTS[letter] for letter in letters]


check.equal("Two agents whose values tell what is wrong", [CAUSES["A"], CAUSES["D"]], ["no end", "no fixed target"],
            hint="What is a state worth from which nothing follows? And who computes the targets?")
check.equal("Two agents whose behaviour tells what is wrong", [CAUSES["B"], CAUSES["C"]],
            ["never explores", "wrong sign"], hint="One never tries anything else, one does its best to fall.")
check.equal("Which algorithm for what", list(CHOICES.values()),
            ["Q iteration", "Q-learning", "DQN", "SAC", "PPO", "curiosity"], hint="See the zoo.")
check.equal("Agents, steps and policies, a to c", told("abc"), [False, False, True], hint="See Exercises 1 and 3.")
check.equal("Gradients and chains, d to g", told("defg"), [False, False, True, True], hint="See Exercises 2 and 4.")
check.equal("Games and networks, h to j", told("hij"), [False, True, False], hint="See Exercises 1, 2 and 5.")
### END HIDDEN TESTS

# %% [markdown]
# **Think.** A company trains a bot for its racing game. It gets +100 at the finish after 3,000 steps, and nothing
# before. After a week it still drives into walls. A colleague then adds +1 for each of the coins that lie along the
# track. Now the bot drives in circles around three coins that come back every ten seconds, and never finishes.
# Explain both failures with the words of this chapter, and propose a reward, or another remedy, for each. With
# $\gamma = 0.99$, what is the prize at the finish worth at the start?

# %% [markdown] essay="reward" points=1
# ### BEGIN SOLUTION
# Rewards that come so late are a problem of credit assignment and of exploration: by chance the bot never reaches the
# finish, so all returns are 0 and no action is better than another; and were it reached, the prize would have to be
# shared out among 3,000 actions. 0.99 to the power of 3,000 is about 8e-14, so at the start it is worth nothing.
# Remedies: a discount nearer to 1 (0.9997 or so), rewards for progress along the track, starting near the finish,
# curiosity. (half a point)
#
# The coins changed what is asked: the return of circling is larger than that of finishing, and the agent maximises
# the return, not what was meant. Pay for progress that cannot be repeated (each coin once, the distance gained, minus
# a little for each step), and look at games, not only at returns. (half a point)
# ### END SOLUTION

# %% [markdown]
# ## At full size
#
# Nothing here needs a GPU: networks this small are faster on a CPU, and most of the time goes into playing.
#
# - **LunarLander.** `pip install "gymnasium[box2d]"`, then `gym.make("LunarLander-v3")`: 8 numbers in, 4 actions,
#   solved at a mean return of 200 over 100 episodes. With 16 episodes per round, $\gamma = 0.99$ and some hundred
#   rounds, others report a mean return of 130 to 170 for REINFORCE. Your DQN needs a buffer of 100,000, two layers of
#   64 to 128, and 600 episodes and more. Allow an hour on a CPU; `gym.make_vec` plays many games at once.
# - **CartPole by DQN.** The same code, 4 numbers in and 2 values out, 600 episodes; a mean return of 200 is a good
#   goal.
# - **Pixels.** `gymnasium[atari]` and `ale-py`: four grey frames of 84×84 as input, a convolutional network as in
#   Chapter 14, a buffer of a million frames (as uint8), $\varepsilon$ falling over a million steps. Here a GPU pays:
#   a day for DQN, hours for PPO.
# - **How to judge.** Runs differ a lot with the seed. Report mean and spread of at least five, on episodes that were
#   not used to choose the weights, and compare with a random policy and a rule by hand. Our rope and caves are easy:
#   nearly every run succeeds, which says nothing about harder games.
