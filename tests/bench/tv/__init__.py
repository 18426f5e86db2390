"""What the TV page costs an old box on a thin line: ``python -m tests.bench.tv``.

world.py    the real server with 223 courses and one film behind all lessons
wire.py     a line of so many bits a second before it
size.py     bytes of script, style and menu
focus.py    how soon something has the focus, with and without a cache
keys.py     from key to paint on a slow box, with 223 courses and with 5,000
playing.py  from OK to the first frame, and stalls on a thin line
memory.py   what the page adds to an empty WPE, and whether it grows
"""
