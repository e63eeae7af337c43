"""What to drink and take in a race: `asked.DrinkAsked` in, `plan.plan_drinking` out.

No hard limit is a penalty. A plan that cannot hold one is not made.
"""
