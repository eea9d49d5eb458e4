"""Login from a course page of Canvas, Moodle and others by LTI 1.3 (needs jupyterhub-ltiauthenticator)."""

import os

c = get_config()

c.JupyterHub.authenticator_class = "ltiauthenticator.lti13.auth.LTI13Authenticator"
issuer = os.environ.get("LTI_ISSUER", "https://canvas.example.edu")
c.LTI13Authenticator.issuer = issuer
c.LTI13Authenticator.authorize_url = os.environ.get("LTI_AUTHORIZE_URL", f"{issuer}/api/lti/authorize_redirect")
c.LTI13Authenticator.jwks_endpoint = os.environ.get("LTI_JWKS_URL", f"{issuer}/api/lti/security/jwks")
c.LTI13Authenticator.client_id = {os.environ.get("LTI_CLIENT_ID", "10000000000001")}
c.LTI13Authenticator.username_key = "email"
c.Authenticator.username_map = {}
c.Authenticator.allow_all = True  # who comes from the course's page belongs to it
