"""The wall card: course numbers on paper, for the wall of a village hall or a kitchen.

wish.py    what somebody asks for in the address    deck.py    the courses that a card may show
sheets.py  which of them, on which sheet of paper   codes.py   the squares that a phone reads
routes.py  the page, from the studio and from the desk; printing it makes the card

The courses are those of the boxes' menu, so a number typed from paper plays.
"""
