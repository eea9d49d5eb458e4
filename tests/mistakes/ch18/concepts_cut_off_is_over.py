"""A truncated step is taken for the end."""

ANSWER = "concepts"
LOSES = {"concepts_test": 0.1667}
CODE = '''\
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
CAUSES = {"A": "no end", "B": "never explores", "C": "wrong sign", "D": "no fixed target"}
names = ("Q iteration", "Q-learning", "DQN", "SAC", "PPO", "curiosity")
CHOICES = dict(zip(CHOICES, names, strict=True))
STATEMENTS = {letter: letter in "bcfgi" for letter in STATEMENTS}
'''
