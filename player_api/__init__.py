"""What boxes talk to, and what is counted from it.

In: the catalogue's published courses, and boxes' requests under ``/api/player/v1``.
Out: the menu, where to play a lesson, a box's own marks; plays and tallies in the database.

    boxes.py        a box introduces itself, gets a signed token, shows it again
    rates.py        how often a box or an address may ask
    moving.py       where boxes stand, and since when
    provisioning.py the operator's list of cards
    menu.py         the whole catalogue as one compressed, cached snapshot
    negotiation.py  which coding a client wants, and whether it has the snapshot already
    courses.py      the catalogue in pages, for native clients
    playback.py     where a lesson plays from and at which second; what a box played last
    extras.py       storyboard, captions, sound tracks and chapters of a lesson's package
    progress.py     how far a box got in its lessons
    favourites.py   courses that a box marked
    box_settings.py what a household set on its box
    latest.py       a value that is made anew when it is out of date
    popular.py      the most watched courses, where a box stands and everywhere
    regions.py      places by their official codes
    region_lists.py lists of places, judged line by line
    csv_lists.py    lists of lines as operators' programs write them
    clock.py        what time it really was when a box's clock said so
    events.py       the form of a batch of events, and the judgement on each event
    seen.py         what is known of a play, as a union of its events
    sorting.py      the events of some requests, sorted into plays
    fold.py         the steps of one transaction: plays, tallies (fold.sql), receipts
    shares.py       what plays count, out of the tallies and into them
    invalid.py      boxes that do more than a household can: flagged, lifted
    receipts.py     what became of every event, by day of arrival and region
    steps.py        steps on the database, driven by an event loop or a thread
    collector.py    the queue: requests that come together are counted together
    measures.py     what the collector tells a monitor
    structured.py   dictionaries of structured fields, the form of CMCD's lines
    cmcd.py         reports by CMCD, and what two of them prove
    cmcd_sessions.py  reports kept until their neighbours have come, and the events they make
    searches.py     words that were searched for and not found
    tending.py      what is forgotten every night
    reports/        sums, receipts, statements
    answers.py      the answers' forms, for the OpenAPI document
    openapi.py      the errors' forms there
    routes.py       the addresses; box_routes.py, cmcd_routes.py and
                    search_routes.py, some more
    event_routes.py the address that boxes report to
    tv/             the TV page
"""
