"""Write the generated files in deploy/rabbitmq anew: `python -m shared.bus.write_examples`."""

from pathlib import Path

from shared.bus import broker_files, definitions

EXAMPLE_ORGANISATIONS = ("lt-vilnius", "lv-riga", "fr-lyon")


def write(folder: Path) -> None:
    """The example definitions, the configuration for containers and the list of plugins."""
    made = definitions.generate(EXAMPLE_ORGANISATIONS)
    (folder / "definitions.example.json").write_text(definitions.as_text(made))
    (folder / "rabbitmq.conf").write_text(broker_files.configuration(broker_files.IN_CONTAINER))
    (folder / "enabled_plugins").write_text(broker_files.ENABLED_PLUGINS)


if __name__ == "__main__":
    write(Path("deploy/rabbitmq"))
