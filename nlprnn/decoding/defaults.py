"""How text is drawn when nobody says otherwise; without torch, so that help texts can show it."""

LENGTH = 500
"""Tokens to add to a prompt."""

TEMPERATURE = 0.5
"""Well below 1: small recurrent models write cleaner text when they stay near what is likely."""
