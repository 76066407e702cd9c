"""The encrypted columns of intake: each value is bound to its table, column and row (case 82)."""

from shared.store.encrypted import EncryptedBytes, EncryptedJson, EncryptedText

CASE_KEY = EncryptedBytes("case_key", "wrapped")
"""Under the organisation's wrapping key; all others under the key of their case."""
PERSON_LABEL = EncryptedText("person", "label")
PERSON_RECORD = EncryptedJson("person", "record")
EPISODE_RECORD = EncryptedJson("episode", "record")
ENQUIRER_RECORD = EncryptedJson("enquirer", "record")
CONSENT_RECORD = EncryptedJson("consent", "record")
CASE_NOTE = EncryptedText("case_file", "note")
ALERT_BECAUSE = EncryptedText("alert", "because")
CASE_TRIAGE = EncryptedJson("case_file", "triage")
SHARE_PERMISSION = EncryptedJson("share_permission", "record")
HANDOVER_TEXT = EncryptedText("handover", "text")
DRAFT_KEY = EncryptedBytes("case_draft", "wrapped")
"""Under the organisation's wrapping key, as the key of a case."""
DRAFT_LABEL = EncryptedText("case_draft", "label")
DRAFT_RECORD = EncryptedJson("case_draft", "record")
"""Both under the key of their draft."""
PHOTO_PICTURE = EncryptedBytes("photo", "picture")
PHOTO_SMALL = EncryptedBytes("photo", "small")
ATTACHMENT_NAME = EncryptedText("attachment", "name")
ATTACHMENT_CONTENT = EncryptedBytes("attachment", "content")
MATCH_NOTE = EncryptedText("match_event", "note")
IMPORT_KEY = EncryptedBytes("import_draft", "wrapped")
"""Under the organisation's wrapping key; the other three under the key of their draft."""
IMPORT_SOURCE = EncryptedBytes("import_draft", "source")
IMPORT_CELLS = EncryptedBytes("import_draft", "cells")
IMPORT_SETTINGS = EncryptedJson("import_draft", "settings")
IMPORT_TEMPLATE = EncryptedJson("import_template", "record")
"""Under the organisation's wrapping key: headings of a table without headings are somebody's data."""
