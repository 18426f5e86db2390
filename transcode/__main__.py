"""``python -m transcode``: the two commands without the rest of the house."""

import typer

from transcode.commands import package, verify

app = typer.Typer(no_args_is_help=True)
app.command()(package)
app.command()(verify)

if __name__ == "__main__":
    app()
