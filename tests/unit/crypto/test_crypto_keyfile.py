"""Key files on a disk: what is refused, what survives, and that nothing shows a key."""

from __future__ import annotations

import errno
import os
import pickle
import stat
import threading
import traceback
from pathlib import Path

import pytest

from shared.crypto import keyfile
from shared.crypto.keyfile_format import Derivation

QUICK = keyfile.Profile(Derivation.ARGON2ID, passes=1, memory_kib=8)
SECRETS = {"role": b"\x11" * 32, "rest": b"secret bytes that nobody prints"}
PASSPHRASE = b"one two three four"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    keyfile.create(tmp_path / "intake.key", SECRETS, PASSPHRASE, QUICK)
    return tmp_path / "intake.key"


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def test_what_was_put_in_comes_out(path: Path) -> None:
    assert dict(keyfile.load(path, PASSPHRASE)) == SECRETS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SECRETS["rest"] not in path.read_bytes()


def test_the_mode_is_right_under_any_umask(tmp_path: Path) -> None:
    previous = os.umask(0o777)
    try:
        keyfile.create(tmp_path / "matching.key", SECRETS, PASSPHRASE, QUICK)
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "matching.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_case_30_a_file_that_others_can_reach_is_not_opened(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(keyfile.UnsafeKeyFile, match=f"chmod 600 {path}"):
        keyfile.load(path, PASSPHRASE)


def test_case_30_a_wrong_passphrase_is_a_plain_sentence_without_bytes(path: Path) -> None:
    guess = b" ".join((b"wrong", b"guess"))
    with pytest.raises(keyfile.WrongPassphrase) as caught:
        keyfile.load(path, guess)
    shown = "".join(traceback.format_exception(caught.value))
    assert str(caught.value).startswith("The passphrase does not open this key file.")
    assert caught.value.__suppress_context__
    assert "wrong guess" not in shown
    assert "nacl" not in shown


def test_case_30_a_file_cut_anywhere_is_damaged_and_gives_no_partial_key(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(keyfile.DamagedKeyFile):
            keyfile.load(path, PASSPHRASE)


def test_a_missing_file_a_folder_a_pipe_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(keyfile.KeyFileMissing):
        keyfile.load(tmp_path / "nothing.key", PASSPHRASE)
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "huge").write_bytes(bytes(2**20 + 1))
    (tmp_path / "huge").chmod(0o600)
    for name in ("", "pipe", "huge"):
        with pytest.raises(keyfile.DamagedKeyFile):
            keyfile.load(tmp_path / name, PASSPHRASE)


def test_an_existing_file_is_never_overwritten(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(keyfile.KeyFileExists):
        keyfile.create(path, {"other": b"x"}, PASSPHRASE, QUICK)
    assert path.read_bytes() == before


def test_update_adds_replaces_and_destroys(path: Path) -> None:
    held = keyfile.update(path, PASSPHRASE, {"prekey/2026-W47": b"new", "rest": None, "absent": None})
    assert dict(held) == {"role": SECRETS["role"], "prekey/2026-W47": b"new"}
    assert dict(keyfile.load(path, PASSPHRASE)) == dict(held)


def test_no_two_files_share_salt_or_nonce(path: Path) -> None:
    """Case 28, for key files: the same secrets under the same passphrase."""
    seen = set()
    for _ in range(200):
        keyfile.update(path, PASSPHRASE, {})
        data = path.read_bytes()
        seen |= {data[18:34], data[34:58]}
    assert len(seen) == 400


def test_two_writers_lose_nothing_to_each_other(path: Path) -> None:
    def add(writer: int) -> None:
        for number in range(10):
            keyfile.update(path, PASSPHRASE, {f"key-{writer}-{number}": bytes((writer, number))})

    threads = [threading.Thread(target=add, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keyfile.load(path, PASSPHRASE)) == len(SECRETS) + 40


@pytest.mark.parametrize("step", ["fsync", "replace", "fchmod"])
def test_case_78_a_full_disk_leaves_the_old_file_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before, listed = path.read_bytes(), names(path.parent)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(keyfile.KeyFileNotWritten, match=r"No space left on device.*unchanged"):
        keyfile.update(path, PASSPHRASE, {"new": b"key"})
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert names(path.parent) == listed


@pytest.mark.slow
def test_the_passphrase_and_the_effort_can_be_changed(path: Path) -> None:
    keyfile.change_passphrase(path, PASSPHRASE, b"five six", keyfile.INTERACTIVE)
    assert dict(keyfile.load(path, b"five six")) == SECRETS
    with pytest.raises(keyfile.WrongPassphrase):
        keyfile.load(path, PASSPHRASE)


def test_a_secret_of_the_container_engine_opens_a_file(tmp_path: Path) -> None:
    mounted = tmp_path / "myosotis_key_secret"
    mounted.write_bytes(os.urandom(32).hex().encode() + b"\n")
    mounted.chmod(0o444)
    secret = keyfile.passphrase_from_file(mounted)
    assert len(secret) == 64
    keyfile.create(tmp_path / "intake.key", SECRETS, secret, keyfile.RAW_SECRET)
    assert dict(keyfile.load(tmp_path / "intake.key", keyfile.passphrase_from_file(mounted))) == SECRETS


def test_a_passphrase_file_loses_one_line_end_and_no_space(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    for written, meant in ((b" a b \n", b" a b "), (b"a\r\n", b"a"), (b"a\n\n", b"a\n"), (b"a", b"a")):
        file.write_bytes(written)
        assert keyfile.passphrase_from_file(file) == meant


def test_passphrase_files_that_are_empty_large_missing_or_open_to_all_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    with pytest.raises(keyfile.KeyFileMissing):
        keyfile.passphrase_from_file(file)
    for content in (b"", b"\n", b"x" * 4097):
        file.write_bytes(content)
        with pytest.raises(keyfile.WeakPassphrase):
            keyfile.passphrase_from_file(file)
    file.write_bytes(b"good")
    file.chmod(0o666)
    with pytest.raises(keyfile.UnsafeKeyFile):
        keyfile.passphrase_from_file(file)


def test_weak_passphrases_and_odd_names_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(keyfile.WeakPassphrase):
        keyfile.create(tmp_path / "a.key", SECRETS, b"", QUICK)
    with pytest.raises(keyfile.WeakPassphrase):
        keyfile.create(tmp_path / "a.key", SECRETS, b"x" * 31, keyfile.RAW_SECRET)
    with pytest.raises(ValueError, match="key name"):
        keyfile.create(tmp_path / "a.key", {"../x y": b""}, PASSPHRASE, QUICK)
    assert names(tmp_path) == set()


def test_a_bundle_shows_names_and_never_bytes(path: Path) -> None:
    bundle = keyfile.load(path, PASSPHRASE)
    assert repr(bundle) == "KeyBundle(rest, role)"
    assert "role" in bundle
    assert bundle.get("absent") is None
    with pytest.raises(keyfile.MissingKey, match="'absent'"):
        bundle["absent"]
    with pytest.raises(TypeError):
        pickle.dumps(bundle)


@pytest.mark.parametrize("profile", [(0, 8), (17, 8), (1, 7), (1, 2**20 + 1)])
def test_a_profile_out_of_bounds_cannot_be_made(profile: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="out of bounds"):
        keyfile.Profile(Derivation.ARGON2ID, *profile)
