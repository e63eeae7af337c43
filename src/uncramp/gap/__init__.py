"""How far a race goes beyond what was trained for: seven gaps, one by one, and a prediction."""

from uncramp.gap.past import course_factor, critical_speed_m_s, heat_factor
from uncramp.gap.prediction import predict
from uncramp.gap.seven import gaps_of
from uncramp.gap.shapes import GAPS, Gap, GapReport, Prediction

__all__ = [
    "GAPS",
    "Gap",
    "GapReport",
    "Prediction",
    "course_factor",
    "critical_speed_m_s",
    "gaps_of",
    "heat_factor",
    "predict",
]
