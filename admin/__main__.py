"""Entry point: `myosotis` and `python -m admin`."""

from admin.command import cli


def main() -> None:
    """Run the command; ends the process with its exit code."""
    cli(prog_name="myosotis")


if __name__ == "__main__":
    main()
