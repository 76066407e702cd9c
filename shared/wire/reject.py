"""The one way in which something that came from outside is refused: a code, and nothing of the content.

The code is logged and shown to the administrator here and told to nobody outside (PROTOCOL 5.3).
"""

from enum import StrEnum


class Code(StrEnum):
    """Why an envelope or a partner's document was refused."""

    # Envelope, in the order of the checks (PROTOCOL 5.2)
    SIZE = "size"
    VERSION = "version"
    SUITE = "suite"
    SUITE_MISMATCH = "suite-mismatch"
    UNKNOWN_KEY = "unknown-key"
    DECRYPT = "decrypt"
    PAD_BUCKET = "pad.bucket"
    PAD_LENGTH = "pad.length"
    PAD_TAIL = "pad.tail"
    PAD_NOT_MINIMAL = "pad.not-minimal"
    JSON_SIZE = "json.size"
    JSON_BOM = "json.bom"
    JSON_UTF8 = "json.utf8"
    JSON_DEPTH = "json.depth"
    JSON_SYNTAX = "json.syntax"
    JSON_DUPLICATE = "json.duplicate"
    JSON_NUMBER = "json.number"
    JSON_SURROGATE = "json.surrogate"
    JSON_NOT_CANONICAL = "json.not-canonical"
    SCHEMA = "schema"
    UNKNOWN_SENDER = "unknown-sender"
    SENDER_NOT_VERIFIED = "sender-not-verified"
    SENDER_SUSPENDED = "sender-suspended"
    SENDER_LEFT = "sender-left"
    REVOKED_OR_OLD_KEY = "revoked-or-old-key"
    CARD_EXPIRED = "card.expired"
    SIGNATURE = "signature"
    TYPE_NOT_ALLOWED = "type-not-allowed"
    NOT_FOR_ME = "not-for-me"
    FROM_THE_FUTURE = "from-the-future"
    LIFETIME = "lifetime"
    EXPIRED = "expired"
    REPLAY = "replay"

    # Signed documents of a partner (PROTOCOL 4)
    DOCUMENT = "document"
    DOCUMENT_KIND = "document.kind"
    DOCUMENT_SIGNATURE = "document.signature"
    CARD_SCHEMA = "card.schema"
    CARD_BAD_SIGNING_KEY = "card.bad-signing-key"
    CARD_TYPES = "card.types"
    CARD_KEY_REUSED = "card.key-reused"
    CARD_WEAK_SUITE = "card.weak-suite"
    CARD_LIFETIME = "card.lifetime"
    CARD_FROM_THE_FUTURE = "card.from-the-future"
    CARD_LOWER_SEQUENCE = "card.lower-sequence"
    CARD_EQUIVOCATION = "card.equivocation"
    CARD_WRONG_ROOT = "card.wrong-root"
    CARD_NOT_COMMITTED_KEY = "card.not-the-committed-key"
    CARD_WRONG_ORGANISATION = "card.wrong-organisation"
    PREKEY_SCHEMA = "prekey.schema"
    PREKEY_BAD_SEALING_KEY = "prekey.bad-sealing-key"
    PREKEY_SIGNER = "prekey.signer"
    PREKEY_SUITE = "prekey.suite"
    PREKEY_LIFETIME = "prekey.lifetime"
    PREKEY_LOWER_SEQUENCE = "prekey.lower-sequence"
    PREKEY_EQUIVOCATION = "prekey.equivocation"
    REVOCATION_SCHEMA = "revocation.schema"

    @property
    def sentence(self) -> str:
        """What an administrator reads: what happened and what to do."""
        return _SENTENCES[self]


_SENTENCES: dict[Code, str] = {
    Code.SIZE: "The message is too short or too long to be an envelope.",
    Code.VERSION: "This is not an envelope of a version that is known here; compare software versions.",
    Code.SUITE: "The envelope names a cipher suite that is unknown here; compare software versions.",
    Code.SUITE_MISMATCH: "The cipher suite is weaker than is accepted here; ask the sender to update.",
    Code.UNKNOWN_KEY: "The key it was sealed for is not held here, or not any more; it must be sealed anew.",
    Code.DECRYPT: "The envelope was changed on its way, or sealed for another key.",
    Code.PAD_BUCKET: "The content does not have one of the five agreed sizes.",
    Code.PAD_LENGTH: "The stated length of the content is impossible.",
    Code.PAD_TAIL: "The padding after the content is not empty.",
    Code.PAD_NOT_MINIMAL: "The content would have fitted into a smaller size.",
    Code.JSON_SIZE: "The JSON text is too long.",
    Code.JSON_BOM: "The JSON text begins with a byte order mark.",
    Code.JSON_UTF8: "The JSON text is not UTF-8.",
    Code.JSON_DEPTH: "The JSON text is nested too deeply.",
    Code.JSON_SYNTAX: "The text is not JSON.",
    Code.JSON_DUPLICATE: "A JSON object names a key twice.",
    Code.JSON_NUMBER: "A JSON number is not a whole number within 2^53.",
    Code.JSON_SURROGATE: "A JSON string holds half a character.",
    Code.JSON_NOT_CANONICAL: "The JSON text is not written in the one canonical form.",
    Code.SCHEMA: "A field is missing, unknown or of the wrong kind; compare software versions.",
    Code.UNKNOWN_SENDER: "The sender or its signing key is not known here; ask for the partner's card.",
    Code.SENDER_NOT_VERIFIED: "The sender is not verified yet; compare the words and have them approved.",
    Code.SENDER_SUSPENDED: "The sender is suspended or suspect; two people can restart the exchange.",
    Code.SENDER_LEFT: "The sender has left; invite it again if it came back.",
    Code.REVOKED_OR_OLD_KEY: "It is signed with a revoked or superseded key; ask the sender by phone.",
    Code.CARD_EXPIRED: "The partner's card has expired; ask for a new one.",
    Code.SIGNATURE: "The signature does not belong to this sender and this envelope.",
    Code.TYPE_NOT_ALLOWED: "The sender may not sign this type of message.",
    Code.NOT_FOR_ME: "The message is addressed to another organisation or another service.",
    Code.FROM_THE_FUTURE: "It was made more than ten minutes ahead of the clock here; check both clocks.",
    Code.LIFETIME: "The message claims a life that is over 60 days or ends before it begins.",
    Code.EXPIRED: "The message has expired.",
    Code.REPLAY: "The message was received before.",
    Code.DOCUMENT: "This is not a signed document; copy it again, whole.",
    Code.DOCUMENT_KIND: "This is a signed document of another kind.",
    Code.DOCUMENT_SIGNATURE: "The signature does not belong to this document.",
    Code.CARD_SCHEMA: "A field of the card is missing, unknown or of the wrong kind.",
    Code.CARD_BAD_SIGNING_KEY: "The card names a signing key that is not safe; tell the partner.",
    Code.CARD_TYPES: "The card lets a role sign a message type that this role may never sign.",
    Code.CARD_KEY_REUSED: "The card uses one key for two purposes.",
    Code.CARD_WEAK_SUITE: "The card offers a weaker cipher suite than is accepted here.",
    Code.CARD_LIFETIME: "The card is valid for more than 400 days, or ends before it begins.",
    Code.CARD_FROM_THE_FUTURE: "The card is not valid yet; check the clock here.",
    Code.CARD_LOWER_SEQUENCE: "A newer card of this partner is known already.",
    Code.CARD_EQUIVOCATION: "Two different cards carry one number; both are kept. Ask the partner by phone.",
    Code.CARD_WRONG_ROOT: "The card is not signed by the root key that is known for this partner.",
    Code.CARD_NOT_COMMITTED_KEY: (
        "The known root key vouches for a next key that it had not committed to; it may be stolen."
    ),
    Code.CARD_WRONG_ORGANISATION: "The document belongs to another organisation.",
    Code.PREKEY_SCHEMA: "A field of the sealing keys is missing, unknown or of the wrong kind.",
    Code.PREKEY_BAD_SEALING_KEY: "A sealing key is not safe; refuse it and tell the partner.",
    Code.PREKEY_SIGNER: "The sealing keys are not signed by a current key of that role.",
    Code.PREKEY_SUITE: "A sealing key is for a weaker or an unknown cipher suite.",
    Code.PREKEY_LIFETIME: "A sealing key is valid for more than 60 days, or ends before it begins.",
    Code.PREKEY_LOWER_SEQUENCE: "Newer sealing keys of this partner are known already.",
    Code.PREKEY_EQUIVOCATION: "Two sets of sealing keys carry one number; ask the partner by phone.",
    Code.REVOCATION_SCHEMA: "A field of the revocation is missing, unknown or of the wrong kind.",
}


class Reject(Exception):
    """Something from outside was refused; the code says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code
