"""Login with the university's OpenID Connect server (needs the package oauthenticator)."""

import os

c = get_config()

c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.client_id = os.environ.get("OAUTH_CLIENT_ID", "")
c.GenericOAuthenticator.client_secret = os.environ.get("OAUTH_CLIENT_SECRET", "")
base = os.environ.get("OAUTH_BASE_URL", "https://login.example.edu")
c.GenericOAuthenticator.oauth_callback_url = os.environ.get(
    "OAUTH_CALLBACK_URL", "https://hub.example.edu/hub/oauth_callback"
)
c.GenericOAuthenticator.authorize_url = f"{base}/authorize"
c.GenericOAuthenticator.token_url = f"{base}/token"
c.GenericOAuthenticator.userdata_url = f"{base}/userinfo"
c.GenericOAuthenticator.scope = ["openid", "profile", "groups"]
c.GenericOAuthenticator.username_claim = "preferred_username"
# Names become accounts and folders: letters, digits, dots, lines; nothing that a path could misread.
c.Authenticator.username_pattern = r"[a-z][a-z0-9_-]{0,30}"
# Groups of the login server are groups of the hub: call them nbgrader-COURSE and formgrade-COURSE there.
c.GenericOAuthenticator.manage_groups = True
c.GenericOAuthenticator.auth_state_groups_key = "oauth_user.groups"
c.GenericOAuthenticator.enable_auth_state = True
c.GenericOAuthenticator.allow_all = True  # courses are let in by group, not by login
