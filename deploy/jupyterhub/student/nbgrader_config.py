"""nbgrader in a student's server: where the exchange is, and which courses the hub says they are in."""

import os

c = get_config()

c.Exchange.root = os.environ["GRADERS_EXCHANGE"]
c.Exchange.path_includes_course = True
c.Authenticator.plugin_class = "nbgrader.auth.jupyterhub.JupyterHubAuthPlugin"
c.Execute.timeout = 120  # seconds a cell may take while validating; the server may be busy
