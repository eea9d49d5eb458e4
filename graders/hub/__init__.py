"""JupyterHub: grade what arrives in nbgrader's exchange, and show it live to staff and students."""
