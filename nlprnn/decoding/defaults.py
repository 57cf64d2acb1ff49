"""Defaults of generation and beam search; without torch, so that help texts can show them."""

LENGTH = 500
"""Number of tokens to generate."""

TEMPERATURE = 0.5
"""Well below 1: small recurrent models write cleaner text near the most likely one."""

BEAM_SIZE = 5
"""Hypotheses kept per sentence."""

LENGTH_PENALTY = 1.0
"""Exponent of a hypothesis's length: 1 ranks by the mean log-probability of a token."""
