"""Daily sales of shops: trend, seasons of week and year, holidays, a change of regime, and noise.

The holidays are known in advance; the change of regime, a competitor that opens beside one of the shops, is not. One
shop opens later than the others, and has days without a record.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

FIRST, DAYS, PLANNED = date(2021, 1, 1), 1095, 31
HOLIDAYS = {(1, 1), (5, 1), (8, 15), (10, 3), (11, 1), (12, 25), (12, 26)}


class Shop(NamedTuple):
    """A shop: units sold on a mean day, growth in a year, effects of the week (Monday first), of summer and holidays.

    `opening` is the day on which it opens, `lost` the probability that a day has no record, `change` the day from which
    sales are `factor` times as large.
    """

    name: str
    level: float
    growth: float
    week: tuple[float, ...]
    summer: float
    holiday: float
    noise: float
    opening: int = 0
    lost: float = 0.0
    change: int = DAYS
    factor: float = 1.0


SHOPS = [
    Shop("bakery", 320, 0.06, (0.9, 0.9, 0.95, 1.0, 1.1, 1.35, 0.8), 0.05, 0.5, 0.06),
    Shop("garden centre", 140, 0.10, (0.7, 0.75, 0.8, 0.9, 1.2, 1.8, 0.85), 0.55, 0.2, 0.10),
    Shop("ice cream", 90, 0.03, (0.8, 0.8, 0.85, 0.9, 1.1, 1.3, 1.25), 0.80, 1.6, 0.14, opening=200, lost=0.02),
    Shop("kiosk", 210, 0.0, (1.05, 1.05, 1.05, 1.05, 1.1, 0.9, 0.8), -0.1, 0.7, 0.07, change=620, factor=0.72),
]


def generate(seed: int) -> str:
    """Return a table in CSV: unique_id, ds, y and holiday, a row for each shop and day; of the last month without y."""
    rng = Random(seed)
    rows = ["unique_id,ds,y,holiday"]
    for shop in SHOPS:
        drift = 0.0
        for day in range(shop.opening, DAYS):
            drift = 0.8 * drift + rng.gauss(0.0, shop.noise / 2)  # a good day follows a good day
            today = FIRST + timedelta(days=day)
            holiday = (today.month, today.day) in HOLIDAYS
            mean = shop.level * (1 + shop.growth * day / 365) * shop.week[today.weekday()]
            mean *= 1 + shop.summer * math.sin(2 * math.pi * (day - 110) / 365.25)
            mean *= (shop.holiday if holiday else 1.0) * (shop.factor if day >= shop.change else 1.0)
            sold = max(0, round(mean * math.exp(drift + rng.gauss(0.0, shop.noise))))
            if rng.random() >= shop.lost:
                rows.append(f"{shop.name},{today.isoformat()},{sold},{int(holiday)}")
        for day in range(DAYS, DAYS + PLANNED):
            today = FIRST + timedelta(days=day)
            rows.append(f"{shop.name},{today.isoformat()},,{int((today.month, today.day) in HOLIDAYS)}")
    return "\n".join(rows) + "\n"
