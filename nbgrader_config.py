from pathlib import Path

from traitlets.config import Config

from graders.course import load_course, nbgrader_view

get_config().merge(Config(nbgrader_view(load_course(Path(__file__).parent))))
