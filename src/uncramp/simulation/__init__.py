"""One runner's body, minute by minute: water, sodium, heat and mass, over many draws and plans.

`scenario.Scenario` says who runs how long in which weather and drinks what; `draws.draw_body` makes
runners who could be this one; `forcing.forcing_of` works out what the weather and the pace ask for
each minute, once for all draws; `balance.simulate` is the readable reference that adds it all up.
"""
