"""Fields of forms that no page ever gets back: what proves who one is, and the marks of the form itself."""

SECRETS = frozenset(
    {
        *("csrf_token", "kept", "login", "password", "new", "again"),
        *("code", "recovery", "secret", "pin", "word"),
        *("proof_password", "proof_code", "credential"),
    }
)
