"""The house: settings, database, storage and jobs below; pages, server and commands on top.

settings.py   the environment, read once            db.py        engine, sessions, table base
embedded.py   PostgreSQL from a wheel               storage.py   objects by key: folder or S3
jobs.py       durable tasks on PostgreSQL           house.py     the three of them in one value
problems.py   errors → RFC 9457 answers             log.py       structured logs
main.py       the ASGI application                  cli.py       the `nongke` command
accounts/ studio/ desk/ demo/ pages/                people, editors, operators, samples, build

Lower modules (settings, db, storage, jobs, house) know nothing of the packages that use them.
"""
