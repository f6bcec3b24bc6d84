"""The joint corrector: fills hidden joints and takes noise out, and says how far off it expects to be."""
