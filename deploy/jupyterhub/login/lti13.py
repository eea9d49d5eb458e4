"""Login from a course page of Canvas, Moodle and others by LTI 1.3 (needs jupyterhub-ltiauthenticator)."""

import os

c = get_config()

c.JupyterHub.authenticator_class = "ltiauthenticator.lti13.auth.LTI13Authenticator"
issuer = os.environ.get("LTI_ISSUER", "https://canvas.example.edu")
c.LTI13Authenticator.issuer = issuer
c.LTI13Authenticator.authorize_url = os.environ.get("LTI_AUTHORIZE_URL", f"{issuer}/api/lti/authorize_redirect")
c.LTI13Authenticator.jwks_endpoint = os.environ.get("LTI_JWKS_URL", f"{issuer}/api/lti/security/jwks")
c.LTI13Authenticator.client_id = {os.environ.get("LTI_CLIENT_ID", "10000000000001")}
# Names become accounts and folders: the platform's number of a person, which tells nothing of them.
c.LTI13Authenticator.username_key = "sub"
c.Authenticator.username_pattern = r"[a-z0-9][a-z0-9_-]{0,62}"
c.Authenticator.allow_all = True  # who comes from the course's page belongs to it

ROLES = "https://purl.imsglobal.org/spec/lti/claim/roles"
STAFF = ("membership#Instructor", "membership#TeachingAssistant", "membership#ContentDeveloper")


def groups_by_role(authenticator, handler, authentication):
    """Put who comes from the course's page into the group of its students or of its staff."""
    roles = authentication["auth_state"].get(ROLES, [])
    kind = "formgrade" if any(role.endswith(STAFF) for role in roles) else "nbgrader"
    course = os.environ.get("GRADERS_COURSE_ID", "homl")
    return {**authentication, "groups": [f"{kind}-{course}"]}


c.Authenticator.manage_groups = True
c.Authenticator.post_auth_hook = groups_by_role
