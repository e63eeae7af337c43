"""What the day solver decides, before anybody fills it with content: one `Slot` a session.

The law, as the planner reads it and as a checker may hold it to (conditioning notes, section 5).
Day 0 is `today`, D the day of the race; sessions lie on day 0 to D - 1. A week is seven days from
`today`: bin w holds the days 7w to 7w + 6, the last bin may be cut off by the race. Volume is what
is run in a bin, without the race.
A run is whatever has a distance, warm-up and strides included; the race is no run of the plan.
L30(d) is the longest run, done or planned, races included, of the days d - 30 to d - 1.
All distances are whole hundreds of metres.

R1   hard  Every planned run of a day d with L30(d) of at least 5 km: distance <= 1.10 L30(d).
           Runs in a week of phase `return` are R1c's, and do not count as runs of R1b's 7 days.
R1b  hard  In any 7 days in a row at most one planned run exceeds its own L30(d). Every other run of
           these 7 days, before or after it, is at most 0.7 of its own L30(d). The planner does
           more: only the long run of a week is ever above 0.7 L30, and from one long run to the
           next there are at least 7 days; the last one done counts as well when it was above 0.7.
R1c  hard  A week is of phase `return` when L30 on its first day is below 5 km, or when nothing was
           run in the 21 days before it. There runs are by time: 20 minutes in the first such week
           in a row, 5 more in each that follows, 60 at most; at most 3 runs. Which weeks these are
           is read off the runs of the plan itself; the taper and the race week are never of them.
           R1, R1b, R2, R3's shares and R4 do not apply to that week.
R2   hard  V_w <= 1.30 x the largest of the three bins before it (done runs count, bins run back
           from `today`). Soft at 1.15, which the planner keeps by construction. Does not apply to
           return weeks.
R3   hard  Every 4th bin (w = 3, 7, 11 ..; every 3rd, w = 2, 5 .., when 50 or older, recently
           injured, or asked) is a recovery week, unless it is a return, taper or race week:
           0.65 to 0.80 of the largest volume of the bins since the recovery week before it, its
           longest run 0.60 to 0.80 of the longest of those bins, both rounded to 100 m. A run of
           return weeks starts the counting anew: the cycle counts from the first week after it.
R4   soft  Long run <= 45 % of its week, 35 % from 5 runs a week on, <= 3 h 15, and up to the half
           marathon never longer than the race. The planner holds 45 % from 5 runs a week on, 55 %
           with three or four, 65 % with two, and no share with one, for every long run beyond the
           usual one (median of the four weeks before `today`, so that a race is none): no study
           found any such limit. The 35 % and the 3 h 15 give way first.
R5   hard  Hard sessions (speed, hills, descent, fast finish) are at least 2 days apart (Tuesday
           and Thursday), 3 days when 50 or older or recently injured; the long run keeps the same
           distance from the hard sessions of other days. At most 2 hard sessions in any 7 days.
           At least 75 % of the running time is easy (below 82.3 % of critical speed).
R6   hard  Heavy strength work twice in each full week before the taper (once in D-14 .. D-8,
           none in D-7 .. D-1), on a day without a run, or 6 h after the run of that day; never on
           the day before a long run or a hard session. A week that has too few days for two gets
           what fits: spacing goes before number, and `unmet` says so. Return weeks have it too.
           So twice a week is soft, said in `because` of the rule; where and how often at most is
           hard. Ten weeks or more are wished for; a shorter plan is reported, not refused.
R7   hard  In every bin at most one session has a first time: a new longest run (distance > L30(d)),
           or the first fast finish, pre-fatigue, big descent or heat rehearsal of this plan.
           The same holds for any 7 days in a row.
R8   hard  (Upper bounds.) Taper: D-14 .. D-1 from more than the half marathon on, D-7 .. D-1 for
           shorter races.
           The 7 days before the race have at most 0.59 of the reference volume, the 7 days
           before those at most 0.75 of it. D-14 counts only when its week is a taper week: it may
           still hold the longest run (R10). Reference: the largest bin that ends before the
           taper begins, and if there is none, the largest of the four bins before `today`.
           Soft, because R9 and few free days can make them impossible; said in `because` of the
           rule and in `unmet`: the last 7 days have at least 0.40 of the reference; runs in either
           7 days are at least 80 %, rounded down, of the usual (median) number a build week has;
           the race counts as a run of D-6 .. D. One short sharp session in each.
R9   hard  No long run and no hard session on D-3 .. D-1 (no run above 0.2 L30).
R10  hard  The longest run of the last 30 days lies on D-28 .. D-14; for races up to the half
           marathon on D-28 .. D-7. Applies when the plan reaches back that far: a shorter plan has
           no run above 0.7 L30 after the last day allowed, and the run before `today` counts.
R11  hard  Paces come from the prediction, never from the goal; a look back every 4 to 6 weeks.
R12  soft  At least 3 long runs rehearse drinking and salt.
R13  hard  A session has at most one of: new longest run, pre-fatigue, fast finish, big descent,
           heat rehearsal - the first of its kind or not.
History    No week beyond 1.5 x the best mean of 4 weeks in the past year (or what return weeks
           have). A history that goes back less than 56 days gives no such cap.
Leaving    No plan leaves that breaks a hard rule. Runs that would are cut (`mended`); if a rule is
           still broken, the plan goes without hard and new sessions, then with another day for the
           long run; then it is refused. `unmet` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from uncramp.training_plan import Novelty, Phase, SessionKind

__all__ = ["Slot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One session as decided: when, what and how far; `training.sessions.fill` says how."""

    id: str
    """Of the session: `<monday of its week>-<n>`."""
    day: date
    kind: SessionKind
    distance_m: float | None = None
    """With warm-up and strides; None for strength and mobility."""
    duration_s: float | None = None
    """Only where time leads: runs of a return week, strength, mobility."""
    week: int
    """Bin, from 0."""
    phase: Phase
    is_long: bool = False
    """The long run of its week, whatever its kind (long, rehearsal)."""
    is_hard: bool = False
    """Counts for R5 and R9."""
    novelties: tuple[Novelty, ...] = ()
    first_of: tuple[Novelty, ...] = ()
    nth: int = 1
    """The how-manieth of its kind or of its novelty in this plan: doses grow with it."""
    of: int = 1
    """How many of these the plan has."""
    l30_m: float = 0.0
    """The longest run of the 30 days before."""
    days_to_race: int = 0
    after_run: bool = False
    """Strength or mobility on the day of a run: 6 h or more after it."""
    heavy_legs: bool = False
    descent_m: float | None = None
    """Metres down that a descent session aims at."""
    sharpen: bool = False
    """A short sharp session of the taper: less of it, as fast as ever."""
