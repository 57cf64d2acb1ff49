"""How text is searched for or drawn when nobody says otherwise; without torch, so that help texts can show it."""

LENGTH = 500
"""Tokens to add to a prompt."""

TEMPERATURE = 0.5
"""Well below 1: small recurrent models write cleaner text when they stay near what is likely."""

BEAM_SIZE = 5
"""Hypotheses kept of each sentence."""

LENGTH_PENALTY = 1.0
"""Exponent of a hypothesis's length: 1 ranks by the mean log-probability of a token."""
