"""One sample of an Inspect log: what was asked, whether the subject spoke, and what each scorer gave.

Fail closed: a value counts only where the sample ended without an error, nobody declared it invalid, the subject said
something, and the scorer gave a number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, cast

from holdfast.evidence import Absent, Exchange
from holdfast.readers._fields import blank, drift, short_digest
from holdfast.readers._inspect_archive import Part

LETTERS: Final = MappingProxyType({"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0})
"""Right, partly right, wrong, no answer, as Inspect's accuracy counts them."""
WORDS: Final = MappingProxyType({"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0})
UNGRADED: Final = MappingProxyType(
    {
        "grader_failed": "the judge gave no grade",
        "scoring_failed": "the scorer could not run",
        "no_response": "the reply was empty",
    }
)
"""Inspect's words for a score that is none."""
STRATA: Final = ("category", "subject", "subset", "risk_category", "harm_category", "semantic_category", "domain")
ATTACHMENT: Final = "attachment://"
CUT: Final = ("max_tokens", "model_length")
"""Inspect's words for a reply that ended because there was no room for more."""

Column = tuple[str, str]
"""Scorer and, where its values are objects, the key inside; else an empty text."""


class Grade(NamedTuple):
    """What a scorer gave: any number, still to be held against 0 and 1."""

    value: float | Absent
    label: str


class Sample(NamedTuple):
    """What the rows need of one sample."""

    item: str
    epoch: int
    groups: Mapping[str, str]
    cluster: str
    request: str
    fault: Absent | None
    grades: Mapping[Column, Grade]
    system: str
    exchange: Exchange | None
    graders: Mapping[str, frozenset[str]]
    """Each scorer that the events show at work, with the models that it asked."""
    roles: frozenset[str]
    """The model roles that were at work."""
    marks: frozenset[str]
    """What a person should be told a count of."""
    cut: str
    """The limit that cut the last reply off, in Inspect's word; else empty."""
    speaker: str
    """The model that gave the last reply, by the provider's word; empty where it is not said."""


@dataclass(slots=True)
class Meaning:
    """What the writer of a log means by it. This one is Inspect itself; other tools that write its logs refine it."""

    format: str = "inspect"
    role: str = "target"
    """The model role that is the subject, where the run has such a role."""
    reasons: dict[str, Absent] = field(default_factory=dict[str, Absent])
    """One object for each reason: a log may lack a million values."""

    def grade(self, sample: Part, score: Part, column: Column, value: Any) -> float | Absent:
        """A number as Inspect's own accuracy reads it; absent where it would warn and count 0."""
        reason = score.may("reason", str)
        if reason in UNGRADED:
            return self.absent(UNGRADED[reason])
        if isinstance(value, list):
            return self.absent("the scorer gave a list", "not applicable")
        number = _number(value)
        if number is not None:
            return number
        if value is None:
            return self.absent("nobody graded it")
        return self.absent(f"the score {value!r:.40} is no number")

    def place(self, item: str, metadata: Mapping[str, Any]) -> tuple[Mapping[str, str], str]:
        """The groups that the sample belongs to, by kind, and its cluster."""
        return {kind: str(metadata[kind]) for kind in STRATA if isinstance(metadata.get(kind), str | int)}, item

    def misjudged(self, said: Sequence[str], *, events: bool) -> str:
        """Why a value does not count, by what the judge said to its scorer; empty where that is for the scorer to say.

        Args:
            said: The judge's replies, in order.
            events: Whether the log shows them at all.
        """
        return ""

    def absent(self, reason: str, kind: Literal["unscorable", "skipped", "not applicable"] = "unscorable") -> Absent:
        """The value that is not there."""
        return self.reasons.setdefault(f"{kind} {reason}", Absent(absent=kind, reason=reason))


def taken(sample: Part, meaning: Meaning, *, role: str, texts: bool) -> Sample:
    """What the rows need of one sample.

    Args:
        sample: The sample.
        meaning: What the writer means by it.
        role: The model role that is the subject; empty where it is the model of the run.
        texts: Also keep what was asked and answered.

    Raises:
        LogDrift: A field is missing or has another form.
    """
    item, epoch = str(sample.need("id", str, int)), sample.need("epoch", int)
    if epoch < 1:
        raise drift("epoch", "it is less than 1", where=sample.where, tested=sample.tested)
    graders, outputs, said = _events(sample, role)
    asked = _asked(sample)
    last = _last(sample, outputs if role else None)
    reply, silence = _reply(sample, outputs if role else None)
    if role and not sample.sequence("events"):
        silence = "the log keeps no events, and only they show what the target said"
    groups, cluster = meaning.place(item, sample.mapping("metadata"))
    fault = _fault(sample) or _unspoken(last) or silence
    stop = _choice(last.fields).get("stop_reason")
    return Sample(
        item=item,
        epoch=epoch,
        groups=groups,
        cluster=cluster,
        request=short_digest(asked) if asked else "",
        fault=meaning.absent(fault) if fault else None,
        grades=_grades(sample, meaning, said),
        system="\n\n".join(_text(sample, turn) for turn in _turns(sample) if turn.get("role") == "system"),
        exchange=Exchange(asked, reply) if texts else None,
        graders=graders,
        roles=frozenset(sample.mapping("role_usage")),
        marks=_marks(sample) | ({"cut"} if stop in CUT else set()),
        cut=stop if stop in CUT else "",
        speaker=last.may("model", str) or "",
    )


def first_line(text: str) -> str:
    """The first line of an error, cut to what a person reads."""
    line = text.replace("\\n", "\n").strip().split("\n", 1)[0]
    return line if len(line) <= 160 else f"{line[:159]}…"


def _number(value: Any) -> float | None:
    if isinstance(value, str) and (known := LETTERS.get(value, WORDS.get(value.lower()))) is not None:
        return known
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _fault(sample: Part) -> str:
    """Why no value of the sample counts, by its own word; empty where it ended well."""
    invalid, error = sample.may("invalidation", dict), sample.may("error", dict)
    if invalid is not None:
        why = sample.inside("invalidation", invalid).may("reason", str)
        return f"declared invalid: {first_line(why)}" if why else "declared invalid"
    if error is not None:
        return f"the sample ended in an error: {first_line(sample.inside('error', error).need('message', str))}"
    return ""


def _grades(sample: Part, meaning: Meaning, said: Mapping[str, Sequence[Any]]) -> Mapping[Column, Grade]:
    found: dict[Column, Grade] = {}
    has_events = bool(sample.sequence("events"))
    for scorer, body in sample.mapping("scores").items():
        score = sample.inside(f"scores.{scorer}", body)
        if "value" not in score.fields:
            raise drift("value", "it is not there", where=score.where, tested=score.tested)
        value = score.fields["value"]
        values = cast(dict[str, Any], value) if isinstance(value, dict) else {"": value}
        replies = [_text(sample, message) if (message := _message(each)) else "" for each in said.get(scorer, ())]
        misjudged = meaning.misjudged(replies, events=has_events)
        for key, each in values.items():
            label = str(each).lower() if isinstance(each, bool) else "" if each is None else str(each)[:40]
            graded = meaning.absent(misjudged) if misjudged else meaning.grade(sample, score, (scorer, key), each)
            found[(scorer, key)] = Grade(graded, label)
    return found


def _turns(sample: Part) -> list[dict[str, Any]]:
    sample.need("messages", list)
    return [turn.fields for turn in sample.objects("messages")]


def _asked(sample: Part) -> str:
    """What the subject was asked, with the options of a multiple choice."""
    asked: Any = sample.need("input", str, list)
    if not isinstance(asked, str):
        turns = [turn.fields for turn in sample.objects("input")]
        asked = "\n\n".join(f"{turn.get('role')}: {_text(sample, turn)}" for turn in turns)
    return "\n".join([_resolved(sample, asked), *map(str, sample.sequence("choices"))])


def _reply(sample: Part, outputs: list[Any] | None) -> tuple[str, str]:
    """What the subject said last, and why that is nothing to grade; an agent that only calls tools has acted.

    An assistant's turn that came with the sample is no turn of the subject.
    """
    output = sample.need("output", dict)
    completion = _resolved(sample, sample.inside("output", output).need("completion", str))
    turns = [turn for turn in _turns(sample) if turn.get("role") == "assistant" and _is_own(turn)]
    if outputs is not None:
        turns = [message for output in outputs if (message := _message(output))]
        completion = _text(sample, turns[-1]) if turns else ""
    if not blank(completion):
        return completion, ""
    if not turns:
        return "", "the target never spoke"
    said = _text(sample, turns[-1])
    return said, "" if not blank(said) or turns[-1].get("tool_calls") else "the reply was empty"


def _last(sample: Part, outputs: list[Any] | None) -> Part:
    """The output that the last reply came in; an empty object where the subject has none."""
    found: Any = sample.need("output", dict) if outputs is None else next(reversed(outputs), None) or {}
    return sample.inside("output", found)


def _unspoken(output: Part) -> str:
    """Why what came back is not what the subject said; empty where it is."""
    if error := output.may("error", str):
        return f"the provider gave an error: {first_line(error)}"
    return "the provider's filter answered" if _choice(output.fields).get("stop_reason") == "content_filter" else ""


def _is_own(turn: Mapping[str, Any]) -> bool:
    """Whether the subject took the turn: generated it, or called a tool where nothing is said of its source."""
    return turn.get("source") == "generate" or (turn.get("source") is None and bool(turn.get("tool_calls")))


def _message(output: Any) -> dict[str, Any]:
    """The message of a model's output, or an empty object."""
    message = _choice(output).get("message")
    return cast(dict[str, Any], message) if isinstance(message, dict) else {}


def _choice(output: Any) -> dict[str, Any]:
    """The first choice of a model's output, or an empty object."""
    choices = cast(dict[str, Any], output).get("choices") if isinstance(output, dict) else None
    first = cast(list[Any], choices)[0] if isinstance(choices, list) and choices else None
    return cast(dict[str, Any], first) if isinstance(first, dict) else {}


def _text(sample: Part, turn: Mapping[str, Any]) -> str:
    """The text of a turn; parts of another kind, but not hidden reasoning, are named."""
    content = turn.get("content")
    if isinstance(content, str):
        return _resolved(sample, content)
    if not isinstance(content, list):
        raise drift("content", "a turn has neither text nor parts", where=sample.where, tested=sample.tested)
    parts = [sample.inside("content", part).fields for part in cast(list[Any], content)]
    return "\n".join(
        _resolved(sample, str(part.get("text", ""))) if part.get("type") == "text" else f"[{part.get('type')}]"
        for part in parts
        if part.get("type") != "reasoning"
    )


def _resolved(sample: Part, text: str) -> str:
    if not text.startswith(ATTACHMENT):
        return text
    kept = sample.mapping("attachments").get(text.removeprefix(ATTACHMENT))
    return kept if isinstance(kept, str) else text


def _events(sample: Part, role: str) -> tuple[Mapping[str, frozenset[str]], list[Any], Mapping[str, list[Any]]]:
    """Each scorer with the models that it asked, the outputs of the role that is the subject, and those of judges."""
    spans: dict[str, str] = {}
    graders: dict[str, set[str]] = {}
    outputs: list[Any] = []
    said: dict[str, list[Any]] = {}
    for entry in sample.sequence("events"):
        if not isinstance(entry, dict):
            raise drift("events", "one of them is no object", where=sample.where, tested=sample.tested)
        event = cast(dict[str, Any], entry)
        kind = event.get("event")
        if kind == "span_begin":
            if event.get("type") == "scorer":
                name = spans[str(event.get("id"))] = str(event.get("name")).rsplit("/", 1)[-1]
                graders.setdefault(name, set())
            elif (parent := str(event.get("parent_id"))) in spans:
                spans[str(event.get("id"))] = spans[parent]
        elif kind == "model":
            if (span := str(event.get("span_id"))) in spans:
                graders[spans[span]].add(str(event.get("model")))
                said.setdefault(spans[span], []).append(event.get("output"))
            elif role and event.get("role") == role:
                outputs.append(event.get("output"))
    return {scorer: frozenset(models) for scorer, models in graders.items()}, outputs, said


def _marks(sample: Part) -> frozenset[str]:
    scores = [sample.inside(f"scores.{name}", score).fields for name, score in sample.mapping("scores").items()]
    found = {
        "limit": sample.may("limit", dict) is not None,
        "retried": bool(sample.sequence("error_retries")),
        "edited": any(score.get("history") for score in scores),
        "no answer": any(score.get("value") == "N" for score in scores),
        "error": sample.may("error", dict) is not None,
        "invalid": sample.may("invalidation", dict) is not None,
    }
    return frozenset(mark for mark, is_so in found.items() if is_so)
