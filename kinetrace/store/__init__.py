"""The only code that touches artifacts on disk: digests, atomic publishing, manifests, ledger, audit."""
