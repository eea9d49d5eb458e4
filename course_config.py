"""The course: what the grader and nbgrader need to know that is not in a chapter's text."""

from graders.course import Chapter, Course

course = Course(
    id="homl",
    title="Hands-On Machine Learning",
    chapters={
        "ch01_landscape": Chapter(title="1. The machine learning landscape"),
        "ch02_end_to_end": Chapter(title="2. An end-to-end project"),
        "ch03_classification": Chapter(title="3. Classification"),
        "ch04_training_models": Chapter(title="4. Training models"),
        "ch05_support_vector_machines": Chapter(title="5. Support vector machines"),
        "ch06_decision_trees": Chapter(title="6. Decision trees"),
        "ch07_ensembles": Chapter(title="7. Ensembles and random forests"),
        "ch08_dimensionality_reduction": Chapter(title="8. Dimensionality reduction"),
        "ch09_unsupervised_learning": Chapter(title="9. Unsupervised learning"),
        "ch10_neural_networks": Chapter(
            title="10. Neural networks with Keras", profile="keras", kill_rate=0.85
        ),
        "ch11_training_deep_nets": Chapter(title="11. Training deep networks", profile="keras", kill_rate=0.85),
        "ch12_custom_training": Chapter(
            title="12. Custom models and training with TensorFlow", profile="keras", kill_rate=0.85
        ),
        "ch13_data_pipelines": Chapter(
            title="13. Loading and preprocessing data", profile="keras", kill_rate=0.85
        ),
        "ch14_convolutional_networks": Chapter(
            title="14. Deep computer vision with convolutional networks", profile="keras", kill_rate=0.85
        ),
        "ch15_sequences": Chapter(title="15. Sequences with RNNs and CNNs", profile="keras", kill_rate=0.85),
        "ch16_language": Chapter(
            title="16. Natural language with RNNs and attention", profile="keras", kill_rate=0.85
        ),
        "ch17_generative_models": Chapter(
            title="17. Autoencoders, GANs and diffusion", profile="keras", kill_rate=0.85
        ),
        "ch18_reinforcement_learning": Chapter(
            title="18. Reinforcement learning", profile="keras", kill_rate=0.85
        ),
        "ch19_deployment": Chapter(
            title="19. Training and deploying at scale",
            profile="keras",
            kill_rate=0.85,
            limits={"call_seconds": 90, "cell_seconds": 120},
        ),
    },
)
