"""The ten stages and the audit; they meet in artifacts, never in code."""
