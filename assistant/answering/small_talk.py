"""Greetings, thanks and questions about Steward itself: they get a friendly line and something to try, no search."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.text.quoting import as_shown

_GREETING = (
    r"(?:hi|hello|hey|hiya|morning|good (?:morning|afternoon|evening)|greetings)"
    r"(?: (?:there|all|again|steward))?"
    r"(?:,? (?:how are you(?: today)?|hope (?:you are|you're|you’re) well|how(?:'s|’s| is) it going))?"
)
_THANKS = (
    r"(?:(?:great|perfect|brilliant|lovely|ok|okay),? )?(?:thanks|thank you|thankyou|cheers|ta)"
    r"(?: (?:a lot|so much|very much|again|steward))?(?:,? (?:that(?:'s|’s| is| was) )?(?:very |really |so )?"
    r"(?:helpful|useful|great|perfect|brilliant|lovely))?"
)
_PARTING = (
    r"(?:(?:lol|haha|ok|okay|great|perfect|brilliant|lovely|nice|bye|goodbye"
    r"|that was (?:quick|fast|helpful|useful))[, .!]*)+"
    r"|see you(?: later)?|that(?:'s|’s| is) all"
)
_DOCUMENTS = (
    r"(?:which|what) (?:documents|sources|publications) (?:do|can|have) you (?:have|hold|know|use|cover|search|got)"
)
_ABOUT = (
    r"what (?:can|do) you (?:do|know|cover)|what (?:are|is) you(?:r job)?|who are you|what is (?:this|steward)"
    r"|(?:how|what) (?:can|could) (?:you help(?: me)?|i (?:use|ask)(?: (?:you|this|here))?)"
    r"|how do(?:es)? (?:you|this|it|steward) work|(?:can you )?help(?: me)?"
    r"|(?:are|r) you (?:a |an )?(?:real |actual )?(?:person|human|robot|bot|ai|chatgpt|there)"
    r"|are you (?:real|human)"
)
_KINDS = tuple(
    re.compile(rf"(?:{words})[\s.!?…:)]*", re.IGNORECASE)
    for words in (_THANKS, _PARTING, _GREETING, _ABOUT, _DOCUMENTS)
)
TRY = (
    "Ask a question, such as who should do something, when it was decided or what it costs.",
    "Ask what has been tried elsewhere and what came of it.",
    "Compare two documents, or check a draft against the library.",
)
_DOES = "I answer from the library, show who says what, and say so when it holds no answer."
HOLDS = "The library holds these documents:"
_REPLIES = (
    "You’re welcome. You could go on with one of these:",
    "Any time. You could come back with one of these:",
    f"Hello. {_DOES} You could try one of these:",
    f"I am Steward, a program and not a person. {_DOES} You could try one of these:",
    HOLDS,
)


def reply_to(message: str, documents: Iterable[str]) -> str | None:
    """Return a reply to small talk; None for anything that asks the library.

    ``documents`` names those that the library holds, for who asks.

    >>> reply_to("thanks!", ()).splitlines()[0]
    'You’re welcome. You could go on with one of these:'
    >>> reply_to("Hi, who should fund Mission Councils?", ()) is None
    True
    """
    words = " ".join(message.split())
    reply = next((reply for kind, reply in zip(_KINDS, _REPLIES, strict=True) if kind.fullmatch(words)), None)
    items = map(as_shown, documents) if reply == HOLDS else TRY
    return reply and "\n".join([reply, *(f"- {item}" for item in items)])
