"""What a campaign came to. Pure: answers and numbers of units in, figures out; no database, no request.

The method is stated where it is done: `estimate` (index, shares, intervals), `significance` (against the last
campaign), `drivers` (what moves the overall score), `topics` (own words), `hiding` (small groups).
"""
