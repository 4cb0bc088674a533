"""The option ``--version``: say which version this is."""

import typer


def say_version(wanted: bool) -> None:  # noqa: FBT001
    """Say it and leave, if it is asked for."""
    if wanted:
        from importlib.metadata import version

        typer.echo(f"foothold {version('foothold')}")
        raise typer.Exit
