"""The course: what the grader and nbgrader need to know that is not in a chapter's text."""

from graders.course import Chapter, Course

course = Course(
    id="homl",
    title="Hands-On Machine Learning",
    chapters={
        "ch02_end_to_end": Chapter(title="2. An end-to-end project"),
        "ch04_training_models": Chapter(title="4. Training models"),
        "ch10_neural_networks": Chapter(
            title="10. Neural networks with Keras", profile="keras", kill_rate=0.85
        ),
    },
)
