"""What set-up says at its end: where things are and what comes next."""

from pathlib import Path

from admin.setup.answers import Answers

_COMPOSE = """\
Next:
  1. docker compose --env-file {folder}/.env up -d --wait
  2. docker compose --env-file {folder}/.env run --rm admin user add --first
  3. docker compose --env-file {folder}/.env run --rm admin doctor
  4. open {url} and sign in\
"""
_MACHINE = """\
Next:
  1. start RabbitMQ with RABBITMQ_CONFIG_FILE={folder}/broker/rabbitmq.conf
     and RABBITMQ_ENABLED_PLUGINS_FILE={folder}/broker/enabled_plugins
  2. myosotis --node {folder} migrate
  3. myosotis --node {folder} user add --first
  4. for each of: intake web, intake worker, matching worker, notify worker
     MYOSOTIS_CONFIG={folder}/intake python -m services.intake web   (and so on)
  5. myosotis --node {folder} doctor
  6. open {url} and sign in\
"""
_RELAY = """\
Members join the relay on your broker with what this makes for them:
  myosotis --node {folder} relay admit ORGANISATION --out FILE\
"""
_JOIN = """\
To meet partners, join a relay with the file that its operator gives you:
  myosotis --node {folder} relay join FILE\
"""
_ROOT = """\
Now move {folder}/root away from this machine: root.key to one place, next-root.key to another.
Whoever has both and the passphrase is your organisation.\
"""


def next_steps(folder: Path, answers: Answers, target: str, *, hosts_relay: bool) -> str:
    """The text, for people."""
    begin = f"{answers.organisation} is set up in {folder}."
    parts = [begin, _COMPOSE if target == "compose" else _MACHINE, _RELAY if hosts_relay else _JOIN]
    if not answers.smtp:
        parts.append("No mail server was named: nobody is told of anything outside the desk. See OPERATIONS.")
    parts.append(_ROOT)
    return "\n\n".join(part.format(folder=folder, url=answers.public_url) for part in parts)
