"""A finished audit as logs of Inspect, to be opened in `inspect view`.

A log shows what was asked, what came back and which label it got. It carries no interval and no verdict, for Inspect's
own metrics are not ours; its metadata name the record. Logs are written in parts, because Inspect's writer looks
through all samples that it has for each one that comes: 7,300 in one file took 7 ms each, 1,000 take 2.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalResults, EvalSample, EvalSpec, write_eval_log
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.scorer import Score

from holdfast.errors import StorageFailed
from holdfast.evidence import Absent, Ask, Item, Plan, Record, Reply, Row, Suite

_SAMPLES: Final = 1_000
_TURNS: Final = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}


def write_eval_logs(
    folder: Path,
    record: Record,
    asks: Mapping[str, Sequence[Ask]],
    suites: Mapping[str, Suite],
    replies: Mapping[str, Reply],
    rows: Sequence[Row],
) -> tuple[Path, ...]:
    """Write every sample of an audit; replies are in it, so the files are readable by their owner alone.

    Args:
        folder: Gets `CHECK-PART.eval` files; files of that name are written anew.
        record: The audit's.
        asks: By check.
        suites: By check: what is held as right.
        replies: By ask id; an ask without one becomes a sample without an output.
        rows: The labels.

    Returns:
        The files.

    Raises:
        StorageFailed: One cannot be written.
    """
    labels = {row.id: row for row in rows}
    written: list[Path] = []
    for check, own in asks.items():
        items = {item.id: item for item in (*suites[check].items, *suites[check].harmless)}
        for number, start in enumerate(range(0, len(own), _SAMPLES), 1):
            part = own[start : start + _SAMPLES]
            samples = [_sample(ask, replies.get(ask.id), labels[ask.id], items[ask.item]) for ask in part]
            path = folder / f"{check}-{number}.eval"
            _write(path, _log(check, suites[check].name, record, samples))
            written.append(path)
    return tuple(written)


def _write(path: Path, log: EvalLog) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.touch(0o600)
        write_eval_log(log, str(path))
    except OSError as problem:
        raise StorageFailed(
            f"{path} cannot be written",
            why=problem.strerror or str(problem),
            fix="make room or make the directory writable, and run the audit again with another --out",
            state="the audit is finished; its record and its report are kept",
        ) from problem


def _log(check: str, suite: str, record: Record, samples: list[EvalSample]) -> EvalLog:
    assert isinstance(record.plan, Plan)
    return EvalLog(
        status="success",
        eval=EvalSpec(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            task=f"holdfast/{check}",
            dataset=EvalDataset(name=suite, samples=len(samples)),
            model=f"holdfast/{record.plan.subject.architecture}",
            config=EvalConfig(),
            metadata={"plan": record.plan_digest, "record": record.digest, "subject": record.plan.subject_digest},
        ),
        results=EvalResults(total_samples=len(samples), completed_samples=len(samples)),
        samples=samples,
    )


def _sample(ask: Ask, reply: Reply | None, row: Row, item: Item) -> EvalSample:
    turns: list[ChatMessage] = [_TURNS[message.role](content=message.content) for message in ask.messages]
    output = _output(reply) if reply else ModelOutput()
    return EvalSample(
        id=ask.id,
        epoch=1,
        input=turns,
        target=item.gold,
        messages=[*turns, *(choice.message for choice in output.choices)],
        output=output,
        scores={ask.check: _score(row)},
        metadata={
            "arm": ask.arm,
            "item": ask.item,
            "stratum": ask.stratum,
            "cluster": ask.cluster,
            "attempt": ask.attempt,
            "prefill": ask.prefill,
            "temperature": ask.decoding.temperature,
        },
    )


def _output(reply: Reply) -> ModelOutput:
    if reply.error:
        return ModelOutput(error=reply.error)
    message = ChatMessageAssistant(content=reply.text)
    stop = {"end": "stop", "length": "max_tokens"}.get(reply.stop, "unknown")
    usage = ModelUsage(
        input_tokens=reply.tokens_in, output_tokens=reply.tokens_out, total_tokens=reply.tokens_in + reply.tokens_out
    )
    choice = ChatCompletionChoice.model_validate({"message": message, "stop_reason": stop})
    return ModelOutput(choices=[choice], usage=usage)


def _score(row: Row) -> Score:
    if isinstance(row.label, Absent):
        return Score(value=row.label.absent, explanation=row.label.reason, metadata={"judge": row.judge})
    return Score(value=row.label, metadata={"judge": row.judge})
